/// What the launcher of several processes has told this one in its environment.
///
/// A launcher numbers processes (`mpirun`, `srun`, `torchrun`), or jobs (an array of Slurm, an
/// indexed job of Kubernetes). Processes within jobs are numbered through: job by job, and in each
/// process by process.
struct LaunchEnvironment {
  /// The place of a process, or of a job, among several.
  private struct Place {
    let name: String
    /// Counted from zero.
    let index: Int
    let count: Int
    /// The processes on this machine.
    var localCount = 1
    var warning: String?
  }

  /// The variables with a process's rank, the number of ranks, and that of this machine.
  private static let processVariables = [
    (
      "Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE"
    ),
    ("MPICH", "PMI_RANK", "PMI_SIZE", "MPI_LOCALNRANKS"),
    ("RANK of WORLD_SIZE", "RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE"),
  ]

  private let variables: [String: String]

  /// The launchers' variables in an environment; an empty one is none.
  init(_ environment: [String: String]) { variables = environment.filter { !$0.value.isEmpty } }

  /// The share of this process.
  ///
  /// - Parameter given: The number of processes, where the user gave it.
  /// - Returns: The share.
  /// - Throws: `UsageError` where no launcher has told it, or the variables contradict each other.
  func shard(count given: Int?) throws(UsageError) -> Shard {
    let process = try process()
    let array = try array()
    let kubernetes = try kubernetes(count: given)
    if let kubernetes, let other = process ?? array {
      throw refusal(
        "\(kubernetes.name) and \(other.name) both number this process; give --shard I/N")
    }
    guard let inner = process ?? kubernetes ?? array else {
      throw refusal(
        "no launcher has numbered this process: there is no SLURM_PROCID, SLURM_ARRAY_TASK_ID, "
          + "OMPI_COMM_WORLD_RANK, PMI_RANK, RANK or JOB_COMPLETION_INDEX; give --shard I/N")
    }
    let outer = process == nil ? nil : array
    let (index, count) = (
      (outer?.index ?? 0) * inner.count + inner.index, (outer?.count ?? 1) * inner.count
    )
    let source = [outer?.name, inner.name].compactMap { $0 }.joined(separator: ", ")
    guard given == nil || given == count else {
      throw refusal("\(source) has \(count) processes, not \(given ?? 0)")
    }
    return Shard(
      index + 1, of: count, source: source, localCount: inner.localCount, warning: inner.warning)
  }

  /// The process among those that were started together.
  ///
  /// What MPI says goes before what Slurm says: `mpirun` in a job of Slurm starts processes that
  /// Slurm has not counted.
  private func process() throws(UsageError) -> Place? {
    var places: [Place] = []
    for (name, rank, size, localSize) in Self.processVariables {
      guard let place = try place(name, rank: rank, size: size, localSize: localSize) else {
        continue
      }
      if let first = places.first, (first.index, first.count) != (place.index, place.count) {
        throw refusal(
          "\(first.name) has \(first.index + 1)/\(first.count) and \(place.name) has "
            + "\(place.index + 1)/\(place.count); give --shard I/N")
      }
      places.append(place)
    }
    if let place = places.first { return place }
    return try slurm()
  }

  private func place(
    _ name: String, rank: String, size: String, localSize: String
  ) throws(UsageError) -> Place? {
    let (index, count) = (try number(rank), try number(size))
    guard let index, let count else {
      if index == nil, count == nil { return nil }
      throw refusal(
        index == nil ? "\(size) is set and \(rank) is not" : "\(rank) is set and \(size) is not")
    }
    guard index < count else { throw refusal("\(rank) is \(index) and \(size) is \(count)") }
    let local = try number(localSize) ?? 1
    guard (1...count).contains(local) else {
      throw refusal("\(localSize) is \(local) and \(size) is \(count)")
    }
    return Place(name: name, index: index, count: count, localCount: local)
  }

  /// A task of Slurm's `srun`.
  private func slurm() throws(UsageError) -> Place? {
    let rank = "SLURM_PROCID"
    let size = ["SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"].first { variables[$0] != nil }
    guard let index = try number(rank) else {
      guard let size, variables["SLURM_ARRAY_TASK_ID"] == nil else { return nil }
      throw refusal("\(size) is set and \(rank) is not: start the process with srun")
    }
    guard let size, let count = try number(size) else {
      guard index == 0 else { throw refusal("\(rank) is \(index), and SLURM_NTASKS is not set") }
      // A job of one process sets no number; an array of them says the rest.
      return variables["SLURM_ARRAY_TASK_ID"] == nil
        ? Place(name: "Slurm", index: 0, count: 1) : nil
    }
    guard index < count else { throw refusal("\(rank) is \(index) and \(size) is \(count)") }
    if count == 1, variables["SLURM_ARRAY_TASK_ID"] != nil { return nil }
    let isStep = ["SLURM_STEP_NUM_TASKS", "SLURM_STEP_ID", "SLURM_STEPID"]
      .contains { variables[$0] != nil }
    let isAlone = !isStep && count > 1 && variables["SLURM_JOB_ID"] != nil
    return Place(
      name: "Slurm", index: index, count: count, localCount: min(count, tasksOfNode() ?? 1),
      warning: isAlone
        ? "this looks like a batch script, whose commands run once: put srun before the command, "
          + "or only share \(index + 1) of \(count) is drawn" : nil)
  }

  /// The tasks of this node by a list such as `2(x3),1`: three nodes of two, one of one.
  private func tasksOfNode() -> Int? {
    guard
      let list = variables["SLURM_STEP_TASKS_PER_NODE"] ?? variables["SLURM_TASKS_PER_NODE"]
    else { return nil }
    var nodes = variables["SLURM_NODEID"].flatMap { Int($0) } ?? 0
    for part in list.split(separator: ",") {
      let numbers = part.split(whereSeparator: { "(x)".contains($0) }).map { Int($0) }
      guard let tasks = numbers.first ?? nil, tasks > 0 else { return nil }
      nodes -= numbers.count > 1 ? numbers[1] ?? 1 : 1
      if nodes < 0 { return tasks }
    }
    return nil
  }

  /// A job of an array of Slurm.
  private func array() throws(UsageError) -> Place? {
    let (name, size) = ("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT")
    guard let id = try number(name) else { return nil }
    guard let count = try number(size) else { throw refusal("\(name) is set and \(size) is not") }
    let (first, step) = (
      try number("SLURM_ARRAY_TASK_MIN") ?? 0, try number("SLURM_ARRAY_TASK_STEP") ?? 1
    )
    let last = try number("SLURM_ARRAY_TASK_MAX") ?? first + (count - 1) * step
    guard step > 0, last == first + (count - 1) * step, (first...last).contains(id),
      (id - first).isMultiple(of: step)
    else {
      throw refusal(
        "task \(id) of the array from \(first) to \(last) in steps of \(step) is none of \(count): "
          + "an array must not have gaps")
    }
    return Place(name: "Slurm's array", index: (id - first) / step, count: count)
  }

  /// A pod of an indexed job of Kubernetes, which is not told how many there are.
  private func kubernetes(count: Int?) throws(UsageError) -> Place? {
    let name = "JOB_COMPLETION_INDEX"
    guard let index = try number(name) else { return nil }
    guard let count else {
      throw refusal(
        "\(name) is \(index), and Kubernetes does not say of how many; give --shard auto/N")
    }
    guard index < count else { throw refusal("\(name) is \(index), and there are \(count)") }
    return Place(name: "Kubernetes", index: index, count: count)
  }

  /// The number that a variable has; nil where it is not set.
  private func number(_ name: String) throws(UsageError) -> Int? {
    guard let text = variables[name] else { return nil }
    guard let number = Int(text), (0...1_000_000).contains(number) else {
      throw refusal("\(name) is '\(text)', which is no number of a process")
    }
    return number
  }

  private func refusal(_ reason: String) -> UsageError { .other("--shard auto: \(reason)") }
}
