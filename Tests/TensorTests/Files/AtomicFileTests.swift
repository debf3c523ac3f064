import Foundation
import Tensor
import Testing

@Suite struct AtomicFileTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func createsAndReplacesFiles() throws {
    try AtomicFile.create(directory.file("a"), [1, 2, 3])
    #expect(try directory.read("a") == [1, 2, 3])
    try AtomicFile.create(directory.file("a"), [])
    #expect(try directory.read("a") == [])
    #expect(try directory.names == ["a"])
  }

  @Test func appends() throws {
    var file = try AtomicFile(path: directory.file("a"))
    try file.append([1])
    try file.append([])
    try file.append([2, 3])
    // What a killed process leaves behind is named after its file.
    let name = try #require(try directory.names.first)
    #expect(try directory.names.count == 1 && name.hasPrefix(".a.") && name.hasSuffix(".tmp"))
    try file.commit()
    #expect(try directory.read("a") == [1, 2, 3])
  }

  @Test func leavesNothingBehindWithoutCommit() throws {
    try AtomicFile.create(directory.file("a"), [1])
    do {
      let file = try AtomicFile(path: directory.file("a"))
      try file.append([2, 3])
    }
    #expect(try directory.names == ["a"])
    #expect(try directory.read("a") == [1])
  }

  @Test func leavesNothingBehindWhereTheFolderIsMissing() throws {
    let path = directory.file("missing/a")
    #expect(throws: FileError.unwritable(path: path, code: ENOENT)) {
      try AtomicFile.create(path, [1])
    }
    #expect(try directory.names.isEmpty)
  }

  @Test func leavesNothingBehindWhereTheNameIsRefused() throws {
    let path = directory.file(String(repeating: "a", count: 300))
    #expect(throws: FileError.unwritable(path: path, code: ENAMETOOLONG)) {
      try AtomicFile.create(path, [1])
    }
    #expect(try directory.names.isEmpty)
  }

  @Test func refusesFoldersAndDevices() throws {
    for path in [directory.path, "/dev/null"] {
      #expect(throws: FileError.notRegular(path: path)) { try AtomicFile.create(path, [1]) }
    }
    #expect(try directory.names.isEmpty)
  }

  @Test func writesBesideTheProgram() throws {
    // A path without a folder means the current one.
    let name = "tensor-tests-" + UUID().uuidString
    try AtomicFile.create(name, [1])
    #expect(FileManager.default.contents(atPath: name) == Data([1]))
    try FileManager.default.removeItem(atPath: name)
  }
}
