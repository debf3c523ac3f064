internal import DiT
internal import Foundation
internal import Kernels
internal import NN
internal import Tensor

/// What libFuzzer calls with each input: the reader that `FUZZ_FORMAT` names must refuse or read it.
@_cdecl("LLVMFuzzerTestOneInput")
public func readInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // As much memory as there are bytes, for the sanitizer to see what is read beyond.
  let file = Storage(byteCount: count)
  if let start { file.base.copyMemory(from: start, byteCount: count) }
  do { try reader(file) } catch { withExtendedLifetime("\(error)") {} }
  return 0
}

/// The reader of the format that is asked for.
private let reader: @Sendable (Storage) throws -> Void =
  switch ProcessInfo.processInfo.environment["FUZZ_FORMAT"] {
  case "safetensors":
    { file in
      let file = try SafetensorsFile(file, path: "input")
      for name in file.names { touch(try file.tensor(named: name)) }
    }
  case "pytorch":
    { file in
      let file = try PyTorchFile(file, path: "input")
      for name in file.names.prefix(100) { touch(try file.tensor(named: name)) }
    }
  case "npz":
    { file in
      let file = try NumPyArchive(file, path: "input")
      for name in file.names.prefix(100) { touch(try file.tensor(named: name)) }
    }
  case "npy":
    { file in
      let file = try NumPyFile(file, path: "input")
      for name in file.names { touch(try file.tensor(named: name)) }
    }
  case "png": { _ = try PNG.read($0, path: "input", as: .rgba, pixelLimit: 1 << 16) }
  case "inflate":
    { file in
      let output = Storage(byteCount: 1 << 12)
      _ = try Inflate.decompressZlib(
        UnsafeRawBufferPointer(start: file.base, count: file.byteCount),
        into: UnsafeMutableRawBufferPointer(start: output.base, count: output.byteCount))
    }
  case "index":
    { file in
      // Beside the files that golden indices name.
      let checkpoint = try Checkpoint(file, path: "Tests/Fixtures/formats/input")
      for name in checkpoint.names.prefix(100) {
        touch(try checkpoint.tensor(named: name))
        _ = try? checkpoint.subtree(name.split(separator: ".").first.map(String.init) ?? name)
      }
    }
  case "quantized":
    { file in
      let checkpoint = try Checkpoint(file, path: "input")
      // As they are in the file, quantized anew and widened.
      for precision in [Precision.int8, .weights4, .float32] {
        let layer = try Linear(
          10, 3, from: Weights(checkpoint, precision: precision)["blocks.0.fc1"])
        let workspace = Workspace(threads: 1, precision: precision)
        touch(AnyTensor(layer(Tensor(repeating: 1, shape: [2, 10]), in: workspace)))
      }
    }
  case "spiece", "tokenizer":
    { file in
      let bytes = UnsafeRawBufferPointer(start: file.base, count: file.byteCount)
      let tokenizer = try UnigramTokenizer(Array(bytes), path: "input")
      _ = tokenizer.tokenize(
        "a\u{301} ﬁne ｆｕｌｌ 1/2\u{3000}</s>😀\u{0}aaaaaaaa <extra_id_0>", limit: 9)
    }
  case let format: fatalError("FUZZ_FORMAT is \(format ?? "not set")")
  }

/// Reads all bytes of a tensor.
private func touch(_ tensor: AnyTensor) {
  let sum = tensor.withUnsafeBytes { $0.reduce(UInt8(0), &+) }
  withExtendedLifetime(sum) {}
}
