import Testing
import _ExampleCommandLine

@Suite struct ShardTests {
  @Test func sharesFollowOnOneAnother() {
    for (total, count) in [(40, 8), (40, 3), (5, 8), (0, 2), (1, 1), (7, 7)] {
      let ranges = (1...count).map { Shard($0, of: count).range(of: total) }
      #expect(ranges.flatMap { $0 } == Array(0..<total))
      let sizes = ranges.map(\.count)
      #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }
  }

  @Test func readsTheCommandLine() {
    let shard = ValueParser<ShardRequest>.shard
    #expect(shard.parse("3/8") == .given(Shard(3, of: 8)))
    #expect(shard.parse("auto") == .automatic(count: nil))
    #expect(shard.parse("auto/8") == .automatic(count: 8))
    for text in ["", "3", "0/8", "9/8", "3/0", "3/8/1", "a/8", "auto/", "auto/0", "-1/8", "/8"] {
      #expect(shard.parse(text) == nil, "\(text)")
    }
  }

  /// The launchers that people have.
  @Test(arguments: [
    (["SLURM_PROCID": "2", "SLURM_NTASKS": "8"], "3/8", "Slurm", 1),
    (
      [
        "SLURM_PROCID": "2", "SLURM_NTASKS": "8", "SLURM_STEP_NUM_TASKS": "4", "SLURM_JOB_ID": "1",
        "SLURM_NODEID": "1", "SLURM_STEP_TASKS_PER_NODE": "1(x2),2",
      ], "3/4", "Slurm", 1
    ),
    (
      [
        "SLURM_PROCID": "5", "SLURM_NTASKS": "6", "SLURM_NODEID": "2",
        "SLURM_TASKS_PER_NODE": "1(x2),4",
      ], "6/6", "Slurm", 4
    ),
    (
      [
        "SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_MIN": "5",
        "SLURM_ARRAY_TASK_MAX": "11", "SLURM_ARRAY_TASK_STEP": "2", "SLURM_PROCID": "0",
      ], "2/4", "Slurm's array", 1
    ),
    (
      [
        "SLURM_ARRAY_TASK_ID": "1", "SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_MAX": "2",
        "SLURM_PROCID": "1", "SLURM_NTASKS": "2",
      ], "4/6", "Slurm's array, Slurm", 1
    ),
    (
      [
        "OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_LOCAL_SIZE": "2",
        "SLURM_PROCID": "0", "SLURM_NTASKS": "4",
      ], "4/4", "Open MPI", 2
    ),
    (["PMI_RANK": "0", "PMI_SIZE": "2", "MPI_LOCALNRANKS": "2"], "1/2", "MPICH", 2),
    (
      ["RANK": "1", "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "1", "PMI_RANK": ""], "2/2",
      "RANK of WORLD_SIZE", 1
    ),
  ])
  func readsTheEnvironment(
    _ environment: [String: String], _ expected: String, _ source: String, _ local: Int
  ) throws {
    let shard = try ShardRequest.automatic(count: nil).shard(in: environment)
    #expect("\(shard)" == expected && shard.source == source && shard.localCount == local)
    #expect(shard.warning == nil)
  }

  @Test func kubernetesNeedsTheNumber() throws {
    let environment = ["JOB_COMPLETION_INDEX": "3"]
    let shard = try ShardRequest.automatic(count: 8).shard(in: environment)
    #expect("\(shard)" == "4/8" && shard.source == "Kubernetes")
    expect(environment, "Kubernetes does not say of how many; give --shard auto/N")
    expect(["JOB_COMPLETION_INDEX": "8"], count: 8, "JOB_COMPLETION_INDEX is 8, and there are 8")
  }

  @Test func warnsInABatchScript() throws {
    let shard = try ShardRequest.automatic(count: nil)
      .shard(in: ["SLURM_JOB_ID": "1", "SLURM_PROCID": "0", "SLURM_NTASKS": "8"])
    #expect(shard.warning?.contains("put srun before the command") == true)
  }

  /// What contradicts itself is refused, and so is what tells nothing.
  @Test func refusesContradictions() {
    expect([:], "no launcher has numbered this process")
    expect(["RANK": "1"], "RANK is set and WORLD_SIZE is not")
    expect(["PMI_SIZE": "1"], "PMI_SIZE is set and PMI_RANK is not")
    expect(["RANK": "4", "WORLD_SIZE": "4"], "RANK is 4 and WORLD_SIZE is 4")
    expect(["RANK": "x", "WORLD_SIZE": "4"], "RANK is 'x', which is no number of a process")
    expect(
      ["RANK": "1", "WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "2"],
      "Open MPI has 1/2 and RANK of WORLD_SIZE has 2/2")
    expect(
      ["RANK": "1", "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "3"],
      "LOCAL_WORLD_SIZE is 3 and WORLD_SIZE is 2")
    expect(["RANK": "1", "WORLD_SIZE": "2"], count: 3, "RANK of WORLD_SIZE has 2 processes, not 3")
    expect(["SLURM_NTASKS": "2"], "start the process with srun")
    expect(["SLURM_PROCID": "2"], "SLURM_NTASKS is not set")
    expect(["SLURM_PROCID": "2", "SLURM_NTASKS": "2"], "SLURM_PROCID is 2 and SLURM_NTASKS is 2")
    expect(["SLURM_ARRAY_TASK_ID": "1"], "SLURM_ARRAY_TASK_COUNT is not")
    expect(
      ["SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_MAX": "7"],
      "an array must not have gaps")
    expect(
      ["JOB_COMPLETION_INDEX": "1", "RANK": "1", "WORLD_SIZE": "2"], count: 4,
      "Kubernetes and RANK of WORLD_SIZE both number this process")
  }

  private func expect(
    _ environment: [String: String], count: Int? = nil, _ message: String,
    at location: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: UsageError.self, sourceLocation: location) {
      try ShardRequest.automatic(count: count).shard(in: environment)
    }
    #expect(
      error?.description.contains(message) == true, "\(error as Any)", sourceLocation: location)
  }

  @Test func sharesTheThreadsOfAMachine() {
    func threads(_ local: Int, machine: Int, available: Int) -> Int {
      Shard(1, of: local, localCount: local).threads(machine: machine, available: available)
    }
    #expect(threads(1, machine: 64, available: 64) == 64)
    #expect(threads(4, machine: 64, available: 64) == 16)
    // Bound to its own, and to a socket that it shares.
    #expect(threads(4, machine: 64, available: 16) == 16)
    #expect(threads(4, machine: 64, available: 32) == 16)
    #expect(threads(8, machine: 2, available: 2) == 1)
  }

  @Test func readsListsOfProcessors() {
    #expect(availableProcessors() >= 1)
  }
}
