import Foundation
import Tensor
import Testing
import _TestSupport

@Suite struct InspectTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func inspect(_ arguments: String...) throws -> GenerateResult {
    let executable = Bundle.main.bundleURL.appending(path: "inspect")
    return try GenerateProcess(arguments, executable: executable).finish()
  }

  static func checkpoint(_ name: String) -> String {
    "\(Fixtures.repository)/Tests/Fixtures/formats/\(name)"
  }

  @Test func listsTensors() throws {
    let result = try inspect(Self.checkpoint("training.pt"), "--subtree", "ema")
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n")
    #expect(
      lines[..<3] == [
        "tensor  type  shape   bytes", "weight  F32   [2, 3]     24", "bias    F32   [2]         8",
      ])
    #expect(lines.last == "total    2 tensors (2 F32), 8 numbers, 32 bytes")
  }

  @Test func reportsForPrograms() throws {
    let path = Self.checkpoint("model.safetensors.index.json")
    let result = try inspect(path, "--json", "--hash")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(report["format"] as? String == "safetensors")
    #expect((report["tensors"] as? [Any])?.count == 11)
    let files = try #require(report["files"] as? [[String: String]])
    for file in files {
      let path = try #require(file["path"])
      #expect(try file["sha256"] == SHA256.hash(ofFile: path))
    }
  }

  @Test(arguments: ["safetensors", "npz"])
  func converts(_ ending: String) throws {
    let path = folder.file("x.\(ending)")
    let result = try inspect(Self.checkpoint("tensors.pt"), "--convert", path, "--dtype", "f32")
    #expect(result.status == 0 && result.output.hasSuffix("wrote    \(path)\n"))
    let checkpoint = try Checkpoint(path: path)
    #expect(checkpoint.names.count == 11)
    for entry in checkpoint.entries {
      #expect(entry.scalarType.map { !$0.isFloatingPoint || $0 == .float } == true)
    }
    let half = try checkpoint.tensor(named: "f16").tensor(of: Float.self)
    #expect(half?.elements == [-1, -0.5, 0, 0.5, 1, 1.5])
  }

  @Test func writesSeveralFiles() throws {
    let path = folder.file("x.safetensors")
    let result = try inspect(
      Self.checkpoint("tensors.pt"), "-o", path, "--dtype", "bf16", "--shard-size", "0.1KB")
    #expect(result.status == 64)
    #expect(
      try inspect(Self.checkpoint("tensors.pt"), "-o", path, "--shard-size", "50").status == 0)
    #expect(try Checkpoint(path: path + ".index.json").names.count == 11)
    let again = try inspect(Self.checkpoint("tensors.pt"), "-o", path, "--no-clobber")
    #expect(again.status == 64 && again.error.contains("exists already"))
  }

  @Test func refuses() throws {
    let refused = try inspect(Self.checkpoint("refused.pt"))
    #expect(refused.status == 1 && refused.error.contains("\"__builtin__.print\""))
    let path = folder.file("x.npz")
    let unsupported = try inspect(Self.checkpoint("training.pt"), "-o", path)
    #expect(unsupported.status == 1 && unsupported.error.contains("\"list.1.z\""))
    let checkpoint = Self.checkpoint("tensors.pt")
    #expect(try inspect(checkpoint, "-o", folder.file("x.txt")).status == 64)
    #expect(try inspect(checkpoint, "--dtype", "f32").status == 64)
    #expect(try inspect(checkpoint, "-o", path, "--shard-size", "1GB").status == 64)
    #expect(try inspect().status == 64)
    #expect(try folder.names.isEmpty)
  }
}
