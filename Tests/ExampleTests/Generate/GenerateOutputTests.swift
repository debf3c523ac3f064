import Foundation
import Tensor
import Testing
import _TestSupport

/// Which files `generate` writes, and how they are called.
@Suite(.serialized, .timeLimit(.minutes(2))) struct GenerateOutputTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs `generate` in the folder.
  private func draw(_ options: String...) throws -> GenerateResult {
    try GenerateProcess(["--steps", "2", "--quiet"] + options, folder: folder).finish()
  }

  /// The paths of all files below the folder.
  private var paths: [String] {
    (FileManager.default.subpaths(atPath: folder.path) ?? []).sorted()
  }

  @Test(arguments: [
    (["--class", "bag", "-b", "2", "-o", "out/"], ["out", "out/bag-42.png", "out/bag-43.png"]),
    (["--class", "9", "-o", "{class}.png"], ["ankle-boot.png"]),
    (
      ["--class", "8", "--class", "9", "-s", "7", "-o", "{label}/{number}-{seed}"],
      ["8", "8/0001-7.png", "9", "9/0002-8.png"]
    ),
    (
      ["--class", "8", "-b", "2", "-o", "{seed}.npy", "--latents-out", "l{seed}.safetensors"],
      ["42.npy", "43.npy", "l42.safetensors", "l43.safetensors"]
    ),
    (["--grid", "-o", "out/"], ["out", "out/generate.png"]),
    (["--format", "npy"], ["generate.npy"]),
    (["--class", "bag", "-o", "x"], ["x.png"]),
    (["-o", "/dev/null"], []),
    (["--class", "bag", "-b", "3", "--latents-out", "l.npy", "-o", "/dev/null"], ["l.npy"]),
  ])
  func namesFiles(_ options: [String], _ expected: [String]) throws {
    let result = try GenerateProcess(["--steps", "2", "--quiet"] + options, folder: folder).finish()
    #expect(result.status == 0 && result.output.isEmpty, "\(result.error)")
    #expect(paths == expected)
  }

  @Test func anArrayFileOfAnImageHasABatchOfOne() throws {
    #expect(try draw("--class", "1", "-b", "2", "-o", "{seed}.npy").status == 0)
    #expect(try draw("--class", "1", "-b", "2", "-o", "all.npy").status == 0)
    let all = try #require(try NumPyFile.read(folder.file("all.npy")).tensor(of: UInt8.self))
    for (index, seed) in [42, 43].enumerated() {
      let one = try NumPyFile.read(folder.file("\(seed).npy")).tensor(of: UInt8.self)
      #expect(one?.shape == [1, 28, 28, 1] && one?.elements == all[index].elements)
    }
  }

  @Test func writesToStandardOutput() throws {
    #expect(try draw("--class", "1", "-o", "x.png").status == 0)
    let path = folder.file("copy.png")
    try Data().write(to: URL(filePath: path))
    let file = try FileHandle(forWritingTo: URL(filePath: path))
    let result = try GenerateProcess(
      ["--class", "1", "--steps", "2", "-o", "-"], folder: folder,
      output: file
    ).finish()
    // What is said goes to standard error.
    #expect(result.status == 0 && result.error.contains("to sample ("), "\(result.error)")
    #expect(
      try Data(contentsOf: URL(filePath: path))
        == Data(contentsOf: URL(filePath: folder.file("x.png"))))
  }

  @Test(arguments: [
    (64, ["-o", "x.jpg"], "must end in .png, .npy or .safetensors, not in .jpg"),
    (64, ["--class", "1", "-b", "2", "-o", "-"], "takes one file, not 2 images"),
    (64, ["-o", "-", "--json"], "--json and --output - both mean standard output"),
    (64, ["-o", "{clas}.png"], "there are {class}, {label}, {seed}, {number}"),
    (64, ["--class", "1", "-b", "2", "-o", "{class}.png"], "two outputs are one file"),
    (64, ["--grid", "-o", "{seed}.png"], "--grid makes one image"),
    (64, ["--grid", "--format", "npy"], "--grid is a PNG image"),
    (64, ["-o", "/dev/null", "--preview-every", "1"], "needs an --output with a name"),
    (64, ["--skip-existing"], "--skip-existing needs a file for each image"),
    (64, ["--skip-existing", "--no-clobber"], "give one"),
    (64, ["-o", "/dev/null", "--skip-existing"], "--skip-existing needs a file for each image"),
    (
      1, ["--class", "1", "-o", String(repeating: "x", count: 252) + ".png"],
      "a name in the output's path has 256 bytes, which is too long"
    ),
    (
      1, ["--class", "1", "-o", String(repeating: "x", count: 300) + "/"],
      "a name in the output's path has 300 bytes, which is too long: 'xxx"
    ),
    (
      1, ["--class", "1", "-o", String(repeating: "x", count: 300) + "/b/"],
      "a name in the output's path has 300 bytes, which is too long: 'xxx"
    ),
    (
      1, ["-o", String(repeating: "x/", count: 2500) + "y.png"],
      "the output's path has 5005 bytes, which is too long: 'x/x/x/"
    ),
    (64, ["-o", "x."], "must end in .png, .npy or .safetensors, not in .\n"),
    (64, ["--class", "1", "-o", "{seed}."], "must end in .png, .npy or .safetensors, not in .\n"),
    (1, ["-o", "/proc/x.png"], "the output's folder '/proc' takes no new files"),
    (1, ["-o", "/dev/full"], "is a device or a pipe"),
    (1, ["-o", "none/x.png"], "the output's folder 'none' does not exist"),
    (1, ["--latents-out", "none/x.npy"], "the output's folder 'none' does not exist"),
  ])
  func refusesBeforeTheWork(_ status: Int, _ options: [String], _ message: String) throws {
    let result = try GenerateProcess(["--steps", "1000"] + options, folder: folder).finish()
    #expect(Int(result.status) == status && result.error.contains(message), "\(result.error)")
    #expect(result.error.split(separator: "\n").count == 1 && result.output.isEmpty)
    #expect(paths.isEmpty)
  }

  @Test func previewsSortAndAreReported() throws {
    let result = try GenerateProcess(
      [
        "--class", "bag", "-b", "2", "--batch-size", "1", "--steps", "10", "--preview-every", "5",
        "--json", "-o", "x.png",
      ], folder: folder
    ).finish()
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let previews = [1, 2].flatMap { image in
      ["05", "10"].map { "x-preview-000\(image)-step-\($0).png" }
    }
    #expect(report["previews"] as? [String] == previews)
    #expect(report["outputs"] as? [String] == ["x-0001.png", "x-0002.png"])
    #expect(paths == ["x-0001.png", "x-0002.png"] + previews)
  }

  @Test func warnsOfNoPreview() throws {
    let result = try GenerateProcess(
      ["--class", "bag", "--steps", "2", "--preview-every", "3"], folder: folder
    ).finish()
    #expect(result.status == 0)
    #expect(result.error.contains("warning: --preview-every 3 makes none in 2 steps"))
  }

  /// What is there is passed over, and the rest has the bytes of a whole run.
  @Test func skipsWhatIsThere() throws {
    let options = ["--class", "bag", "-b", "5", "--batch-size", "2", "--steps", "2"]
    func run(_ output: String, _ more: [String] = []) throws -> GenerateResult {
      try GenerateProcess(options + ["-o", output, "--json"] + more, folder: folder).finish()
    }
    #expect(try run("whole/").status == 0)
    #expect(try run("part/").status == 0)
    for seed in [43, 46] {
      try FileManager.default.removeItem(atPath: folder.file("part/bag-\(seed).png"))
    }
    let untouched = Data("mine".utf8)
    try untouched.write(to: URL(filePath: folder.file("part/bag-42.png")))
    let result = try run("part/", ["--skip-existing"])
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(report["images"] as? Int == 2 && report["imagesSkipped"] as? Int == 3)
    #expect(report["imagesRequested"] as? Int == 5)
    #expect(result.error.contains("skipped    3 images whose files are there"))
    func bytes(_ path: String) throws -> Data {
      try Data(contentsOf: URL(filePath: folder.file(path)))
    }
    #expect(try bytes("part/bag-42.png") == untouched)
    for seed in 43...46 {
      #expect(try bytes("part/bag-\(seed).png") == bytes("whole/bag-\(seed).png"))
    }
    #expect(try run("part/", ["--skip-existing"]).output.contains("\"images\" : 0"))
  }

  @Test func drawsASeedAndPrintsIt() throws {
    let first = try GenerateProcess(
      ["--class", "1", "--steps", "1", "-s", "-1", "-o", "{seed}.png"], folder: folder
    ).finish()
    #expect(first.status == 0, "\(first.error)")
    let seed = try #require(paths.first?.split(separator: ".").first)
    #expect(first.error.contains("seed \(seed)\n"))
    let largest = "\(UInt64.max)"
    #expect(try draw("--class", "1", "-s", largest, "-b", "2", "-o", "{seed}.npy").status == 0)
    #expect(paths == ["\(seed).png", "0.npy", "\(largest).npy"].sorted())
    #expect(try draw("-s", "-2").error.contains("an integer from 0 to 18446744073709551615"))
  }

  @Test func tellsProgramsOfSteps() throws {
    let result = try GenerateProcess(
      [
        "--class", "1", "-b", "2", "--batch-size", "1", "--steps", "2", "--json-progress", "-o",
        "x.png",
      ], folder: folder
    ).finish()
    struct Line: Decodable { let batch, batches, step, steps, finishedImages, images: Int }
    let lines = try result.error.split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
    #expect(lines.map(\.batch) == [1, 1, 2, 2] && lines.map(\.step) == [1, 2, 1, 2])
    #expect(lines.map(\.finishedImages) == [0, 0, 1, 1])
    #expect(lines.allSatisfy { $0.batches == 2 && $0.steps == 2 && $0.images == 2 })
  }

  @Test func warnsOfFinishedSamplesAsNoise() throws {
    #expect(try draw("--class", "1", "--steps", "8", "--latents-out", "l.npy").status == 64)
    let drawn = try GenerateProcess(
      ["--class", "1", "--steps", "8", "--latents-out", "l.npy", "-o", "x.png"], folder: folder
    ).finish()
    #expect(drawn.status == 0 && !drawn.error.contains("warning"))
    let again = try GenerateProcess(
      ["--class", "1", "--steps", "2", "--latents-in", "l.npy", "-o", "y.png"], folder: folder
    ).finish()
    #expect(again.status == 0)
    #expect(again.error.contains("warning: 'l.npy' does not look like normal noise"))
    #expect(again.error.contains("neighbours correlate by 0."))
  }

  /// Messages that cannot be told are no reason to stop.
  @Test func drawsWhereMessagesAreLost() throws {
    let result = try GenerateProcess(
      [
        "-c", "exec \"$0\" --class 1 --steps 2 -o - --latents-out l.npy 2>/dev/full",
        GenerateProcess.executable.path,
      ],
      executable: URL(filePath: "/bin/sh"), folder: folder, output: .nullDevice
    ).finish()
    #expect(result.status == 0)
    #expect(paths == ["l.npy"])
  }

  @Test(arguments: ["1", "2"]) func drawsWhereAStreamIsClosed(_ stream: String) throws {
    let result = try GenerateProcess(
      [
        "-c", "exec \"$0\" --class 1 --steps 2 -o x.png \(stream)>&-",
        GenerateProcess.executable.path,
      ],
      executable: URL(filePath: "/bin/sh"), folder: folder
    ).finish()
    #expect(result.status == 0, "\(result.error)")
    #expect(paths == ["x.png"])
    #expect(result.error.contains("warning: standard output is closed") == (stream == "1"))
    #expect(try PNG.read(folder.file("x.png")).shape == [28, 28, 1])
  }

  /// What goes to standard output is a file first, for which there must be a place.
  @Test func aMissingFolderOfTemporaryFilesIsFoundBeforeTheWork() throws {
    let result = try GenerateProcess(
      ["--class", "1", "--steps", "1000", "-o", "-"],
      environment: ["TMPDIR": folder.file("none")], folder: folder
    ).finish()
    #expect(result.status == 1 && result.error.contains("none' does not exist"), "\(result.error)")
    #expect(result.error.split(separator: "\n").count == 1)
  }

  /// A limit of file sizes refuses to write as a full disk does: the first batch says so.
  @Test func aFullDiskEndsTheWork() throws {
    let result = try GenerateProcess(
      [
        "-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"", GenerateProcess.executable.path,
        "--class", "bag", "-b", "100", "--steps", "2", "--json", "-o", "x.npy",
      ], executable: URL(filePath: "/bin/sh"), folder: folder
    ).finish()
    #expect(
      result.status == 1 && result.error.contains("x.npy': File too large"), "\(result.error)")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(report["images"] as? Int == 0 || report["images"] as? Int == 10)
    #expect(paths.allSatisfy { $0 == "x.npy" })
  }

  @Test func listsClasses() throws {
    func list(_ options: String...) throws -> GenerateResult {
      try GenerateProcess(["--list-classes"] + options, folder: folder).finish()
    }
    let result = try list()
    #expect(result.status == 0 && result.output.hasPrefix("0 T-shirt/top\n1 Trouser\n"))
    #expect(try list("--json").output.contains("\"name\" : \"Ankle boot\""))
    let refused = try list("--class", "1")
    #expect(refused.status == 64 && refused.error.contains("draws no images, and takes no --class"))
    #expect(paths.isEmpty)
  }
}
