import Foundation
import Testing
import _ExampleCommandLine

@Suite struct OutputTests {
  private let keys = ["seed", "class"]

  @Test func tellsFilesFromFolders() throws {
    func target(_ text: String) throws -> OutputTarget { try OutputTarget(text, keys: keys) }
    #expect(try target("-") == .standardOutput)
    #expect(try target("/dev/null") == .nothing)
    #expect(try target("a/b.png") == .file("a/b.png"))
    #expect(try target("none/") == .folder("none/"))
    #expect(try target("/tmp") == .folder("/tmp/"))
    #expect(try target("{seed}.png").name == "{seed}.png")
  }

  @Test func fillsPatterns() throws {
    let pattern = try OutputPattern("a/{class}/{seed}-{class}.png", keys: keys)
    #expect(pattern.path(["class": "bag", "seed": "7"]) == "a/bag/7-bag.png")
    #expect(pattern.keys == ["class", "seed"] && pattern.fixedFolder == "a")
    #expect(pattern.description == "a/{class}/{seed}-{class}.png")
    #expect(try OutputPattern("{seed}.png", keys: keys).fixedFolder == ".")
    #expect(try OutputPattern("x{.png", keys: keys).keys.isEmpty)
    #expect(
      throws: UsageError.other("output 'a/{sed}.png' has '{sed}'; there are {seed}, {class}")
    ) { try OutputPattern("a/{sed}.png", keys: keys) }
  }

  @Test(arguments: [
    ("x", "."), ("xy", "."), ("", "."), ("/", "/"), ("/x", "/"), ("a/b", "a"), ("a/b/", "a"),
    ("/a/b/c", "/a/b"),
  ])
  func findsFolders(_ path: String, _ expected: String) { #expect(folder(of: path) == expected) }

  @Test func makesNamesOfTexts() {
    #expect(fileName(of: "T-shirt/top") == "t-shirt-top")
    #expect(fileName(of: " Ankle  boot ") == "ankle-boot")
    #expect(fileName(of: "../") == "")
  }

  @Test func choosesTheFormat() throws {
    #expect(try OutputFormat(of: "a.npy", requested: nil) == .npy)
    #expect(try OutputFormat(of: "a", requested: nil) == .png)
    #expect(try OutputFormat(of: "a", requested: .safetensors) == .safetensors)
    #expect(try OutputFormat(of: "v1.5", requested: .npy) == .npy)
    #expect(try OutputFormat(of: "a.jpg/.b", requested: nil) == .png)
    #expect(try OutputFormat(of: nil, requested: .npy) == .npy)
    for path in ["a.jpg", "a/b.jpeg", "a.b.txt"] {
      let error = #expect(throws: UsageError.self) { try OutputFormat(of: path, requested: nil) }
      #expect(error?.description.contains("must end in .png, .npy or .safetensors") == true)
    }
    #expect(
      throws: UsageError.other("output 'a.npy' is not named like a file of --format png")
    ) { try OutputFormat(of: "a.npy", requested: .png) }
  }

  @Test func looksBeforeTheWork() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("swift-dit-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(
      atPath: folder + "/sub", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = folder + "/a.png"
    try checkOutputs([file, "here.png"], clobber: false)
    try Data().write(to: URL(fileURLWithPath: file))
    try checkOutputs([file], clobber: true)
    #expect(throws: OutputError.exists(file)) {
      try checkOutputs([folder + "/b.png", file], clobber: false)
    }
    #expect(throws: OutputError.isFolder(folder + "/sub")) {
      try checkOutputs([folder + "/sub"], clobber: true)
    }
    #expect(throws: OutputError.missingFolder(folder + "/none")) {
      try checkOutputs([folder + "/none/a.png"], clobber: true)
    }
    #expect(throws: OutputError.missingFolder(file)) {
      try checkOutputs([file + "/a.png"], clobber: true)
    }
    let long = folder + "/" + String(repeating: "x", count: 256)
    #expect(throws: OutputError.nameTooLong(long)) { try checkOutputs([long], clobber: true) }
    #expect(throws: OutputError.nameTooLong(long)) { try checkFile(long) }
    #expect(throws: OutputError.nameTooLong(long)) { try checkFolder(long) }
    #expect(throws: OutputError.notRegular("/dev/full")) {
      try checkOutputs(["/dev/full"], clobber: true)
    }
    #expect(
      throws: OutputError.readOnlyFolder("/proc", reason: "No such file or directory")
    ) { try checkOutputs(["/proc/x.png"], clobber: true) }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a.png", "sub"])
  }

  /// What stands in the way of a folder is told in the system's words.
  @Test func makesFolders() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("swift-dit-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for _ in 0..<2 {
      try makeFolder(folder + "/a/b")
      try checkFolder(folder + "/a/b")
    }
    let file = folder + "/file"
    try Data().write(to: URL(fileURLWithPath: file))
    for (path, reason) in [
      (file, "File exists"), (file + "/a", "Not a directory"),
      ("/proc/x", "No such file or directory"),
    ] {
      #expect(throws: OutputError.readOnlyFolder(path, reason: reason)) { try makeFolder(path) }
    }
  }

  @Test func describesErrors() {
    #expect(OutputError.exists("a").description == "'a' exists, and --no-clobber keeps it")
    #expect(OutputError.isFolder("a").description == "the output 'a' is a folder; name a file")
    #expect(
      OutputError.missingFolder("a").description == "the output's folder 'a' does not exist")
    #expect(
      OutputError.readOnlyFolder("a", reason: "no").description
        == "the output's folder 'a' takes no new files: no")
  }

  @Test func writesReports() throws {
    struct Report: Encodable {
      let path = "a/b"
      let count = 2
      let ratio = Double.infinity
    }
    #expect(
      try jsonReport(Report()) == """
        {
          "count" : 2,
          "path" : "a/b",
          "ratio" : null
        }

        """)
    #expect(
      try jsonReport([Double.nan, 1, -.infinity], isOneLine: true) == "[null,1,null]\n")
  }

  @Test func measuresMemory() throws {
    let bytes = try #require(peakMemory())
    #expect(bytes > 1 << 20)
  }
}
