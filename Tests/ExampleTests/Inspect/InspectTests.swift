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

  @Test func explainsSubtrees() throws {
    let help = try inspect("--help").output.split { $0.isWhitespace }.joined(separator: " ")
    #expect(help.contains("--subtree NAME only the tensors whose names begin with NAME and a dot"))
    #expect(help.contains("with ema, ema.x is x"))
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
    #expect(again.status == 1 && again.error.contains("exists, and --no-clobber keeps it"))
  }

  @Test func keepsTypes() throws {
    for (ending, types) in [
      "safetensors": ["i16": "I16", "u16": "U16", "u32": "U32", "u64": "U64", "f8": "F8_E4M3"],
      "npz": ["i16": "I16", "u16": "U16", "u32": "U32", "u64": "U64", "c128": "C128"],
    ] {
      let path = folder.file("x.\(ending)")
      let source = Self.checkpoint("forms.pt")
      let result = try inspect(source, "-o", path, "--skip-unreadable")
      #expect(result.status == 0)
      let checkpoint = try Checkpoint(path: path)
      for (name, type) in types {
        let entry = try #require(checkpoint.entries.first { $0.name == name })
        #expect(entry.elementType.rawValue == type)
      }
      // What was left out is named; without the option nothing is written.
      let left = ending == "npz" ? ["c32", "f8", "sparse"] : ["c32", "c128", "sparse", "numpy"]
      for name in left { #expect(result.output.contains("skipped  \(name): ")) }
      let strict = try inspect(source, "-o", folder.file("y.\(ending)"))
      #expect(strict.status == 1 && strict.error.contains("--skip-unreadable"))
      #expect(try !folder.names.contains("y.\(ending)"))
    }
    let listed = try inspect(Self.checkpoint("forms.pt"))
    #expect(listed.status == 0 && listed.output.contains("unread   meta: "))
    #expect(listed.output.contains("c64") == false && listed.output.contains("C128"))
  }

  @Test func listsTheRestOfADamagedArchive() throws {
    var bytes = try [UInt8](
      Data(contentsOf: URL(fileURLWithPath: Self.checkpoint("arrays-compressed.npz"))))
    // A byte of the first array's stream.
    let path = folder.file("x.npz")
    bytes[60] ^= 0x55
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let result = try inspect(path, "--hash-tensors")
    #expect(result.status == 0 && result.output.contains("unread   "))
    #expect(result.output.contains("10 tensors") || result.output.contains("9 tensors"))
    let target = folder.file("y.npz")
    #expect(try inspect(path, "-o", target).status == 1)
    #expect(try inspect(path, "-o", target, "--skip-unreadable").status == 0)
    #expect(try Checkpoint(path: target).names.count == 9)
  }

  @Test func stripsPrefixes() throws {
    let path = folder.file("x.safetensors")
    let tensor = AnyTensor(Tensor<Float>([1]))
    let metadata = ["long": String(repeating: "x", count: 100_000)]
    try Safetensors.write(["module.a": tensor, "module.b": tensor], metadata: metadata, to: path)
    let listed = try inspect(path)
    #expect(listed.output.contains("all names begin with 'module.'"))
    #expect(listed.output.utf8.count < 2000 && listed.output.contains("… (100000 bytes)"))
    let target = folder.file("y.safetensors")
    #expect(try inspect(path, "--strip-prefix", "-o", target).status == 0)
    #expect(try Checkpoint(path: target).names == ["a", "b"])
  }

  @Test func listsFolders() throws {
    let path = "\(Fixtures.repository)/Tests/Fixtures/folders/safetensors"
    let result = try inspect(path)
    #expect(result.status == 0)
    for text in [
      "pipeline     DiTPipeline", "classes      7: tench", "\nscheduler\n", "DDIMScheduler",
      "diffusion_pytorch_model.safetensors: ", "architecture  AutoencoderKL", "  num_layers: ",
    ] {
      #expect(result.output.contains(text), "\(text)")
    }
    let own = "\(Fixtures.repository)/Examples/ShowcaseModel/fashion-dit"
    #expect(try inspect(own).output.contains("classes      10: T-shirt/top"))
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(inspect(path, "--json").output.utf8))
        as? [String: Any])
    #expect((report["parts"] as? [Any])?.count == 3 && report["classCount"] as? Int == 7)
    let empty = try inspect(folder.path)
    #expect(empty.status == 1 && empty.error.contains("is a folder without a model"))
    let hash = try inspect(path, "--hash")
    #expect(hash.status == 64 && hash.error.contains("and --hash with a file"))
  }

  @Test func refuses() throws {
    let refused = try inspect(Self.checkpoint("refused.pt"))
    #expect(refused.status == 1 && refused.error.contains("\"__builtin__.print\""))
    let path = folder.file("x.npz")
    let brain = try inspect(Self.checkpoint("tensors.pt"), "-o", path)
    #expect(
      brain.status == 1 && brain.error.contains("\"bf16\"") && brain.error.contains("--dtype f32"))
    let configuration = "\(Fixtures.repository)/Tests/Fixtures/folders/bin/transformer/config.json"
    #expect(try inspect(configuration).error.contains("no index of tensors"))
    let checkpoint = Self.checkpoint("tensors.pt")
    #expect(try inspect(checkpoint, "-o", folder.file("x.txt")).status == 64)
    let idle = try inspect(checkpoint, "--json", "--dtype", "f32")
    #expect(idle.status == 64 && idle.error.contains("--dtype needs --convert"))
    #expect(try inspect(checkpoint, "-o", path, "--shard-size", "1GB").status == 64)
    let quantized = try inspect(checkpoint, "-o", path, "--quantize", "int8")
    #expect(quantized.status == 64 && quantized.error.contains("--quantize would change nothing"))
    for (output, message) in [
      ("/nowhere/x.npz", "does not exist"), ("/proc/x.npz", "no new files"),
    ] {
      let refused = try inspect(checkpoint, "-o", output)
      #expect(refused.status == 1 && refused.error.contains(message), "\(refused.error)")
    }
    #expect(try inspect().status == 64)
    #expect(try folder.names.isEmpty)
  }
}
