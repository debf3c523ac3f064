import Foundation
import Testing
import _ExampleCommandLine

@Suite struct OutputTests {
  @Test func numbersSeveralFiles() throws {
    #expect(try outputPaths("a/b.png", format: .png, count: 1) == ["a/b.png"])
    #expect(
      try outputPaths("a/b.png", format: .png, count: 3)
        == ["a/b-0001.png", "a/b-0002.png", "a/b-0003.png"])
    #expect(try outputPaths("b.npy", format: .npy, count: 10_000).first == "b-00001.npy")
    #expect(try outputPaths("b.npy", format: .npy, count: 10_000).last == "b-10000.npy")
    #expect(try outputPaths("b.npy", format: .npy, count: 9_999).last == "b-9999.npy")
  }

  @Test(arguments: ["/tmp", ".", "none/"]) func refusesFolders(_ path: String) {
    #expect(throws: OutputError.isFolder(path)) {
      try outputPaths(path, format: .png, count: 1)
    }
  }

  @Test func addsMissingExtensions() throws {
    #expect(try outputPaths("b", format: .png, count: 1) == ["b.png"])
    #expect(try outputPaths("v1.5", format: .safetensors, count: 1) == ["v1.5.safetensors"])
    #expect(try outputPaths("a.png/b", format: .png, count: 1) == ["a.png/b.png"])
    #expect(try outputPaths("B.PNG", format: .png, count: 2) == ["B-0001.PNG", "B-0002.PNG"])
  }

  @Test func choosesTheFormat() throws {
    #expect(try OutputFormat(of: "a.npy", requested: nil) == .npy)
    #expect(try OutputFormat(of: "a", requested: nil) == .png)
    #expect(try OutputFormat(of: "a", requested: .safetensors) == .safetensors)
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
  }

  @Test func describesErrors() {
    #expect(OutputError.exists("a").description == "'a' exists, and --no-clobber keeps it")
    #expect(OutputError.isFolder("a").description == "the output 'a' is a folder; name a file")
    #expect(
      OutputError.missingFolder("a").description == "the output's folder 'a' does not exist")
    #expect(
      OutputError.readOnlyFolder("a").description == "the output's folder 'a' is not writable")
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
          "ratio" : "inf"
        }

        """)
  }

  @Test func measuresMemory() throws {
    let bytes = try #require(peakMemory())
    #expect(bytes > 1 << 20)
  }
}
