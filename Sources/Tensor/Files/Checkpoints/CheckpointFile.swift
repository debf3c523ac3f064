/// A file of a checkpoint in the format that its first bytes tell.
enum CheckpointFile {
  case safetensors(SafetensorsFile)
  case pyTorch(PyTorchFile)
  case npz(NumPyArchive)
  case npy(AnyTensor)

  /// Opens a file whose bytes are in memory; `path` is for errors to name.
  init(_ file: Storage, path: String) throws(CheckpointError) {
    defer { extendLifetime(file) }
    let bytes = file.bytes
    // Before the JSON of a safetensors file is its length, which may be any bytes.
    if bytes.count > 8, bytes[8] == UInt8(ascii: "{") {
      do { self = .safetensors(try SafetensorsFile(file, path: path)) } catch {
        throw .safetensors(error)
      }
    } else if bytes.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) {
      do { self = .npy(try NumPyFile.read(file, path: path)) } catch { throw .numPy(error) }
    } else if bytes.starts(with: [0x50, 0x4B]), Self.hasArrays(file) {
      do { self = .npz(try NumPyArchive(file, path: path)) } catch { throw .numPy(error) }
    } else if bytes.starts(with: [0x50, 0x4B]) || bytes.first == PickleOperation.protocol.rawValue {
      do { self = .pyTorch(try PyTorchFile(file, path: path)) } catch { throw .pyTorch(error) }
    } else {
      throw .unknownFormat(path: path)
    }
  }

  /// Whether an archive is NumPy's: PyTorch's are a folder.
  private static func hasArrays(_ file: Storage) -> Bool {
    guard let archive = try? ZipArchive(file) else { return false }
    return archive.entries.allSatisfy { $0.name.hasSuffix(".npy") }
  }

  var format: Checkpoint.Format {
    switch self {
    case .safetensors: .safetensors
    case .pyTorch: .pyTorch
    case .npz: .npz
    case .npy: .npy
    }
  }

  var metadata: [String: String] {
    if case .safetensors(let file) = self { file.metadata } else { [:] }
  }

  var entries: [Checkpoint.Entry] {
    switch self {
    case .safetensors(let file):
      file.entries.map {
        Checkpoint.Entry(name: $0.name, elementType: $0.elementType, shape: $0.shape)
      }
    case .pyTorch(let file):
      file.entries.map {
        Checkpoint.Entry(name: $0.name, elementType: $0.elementType, shape: $0.shape)
      }
    case .npz(let file):
      file.entries.map {
        Checkpoint.Entry(name: $0.name, elementType: $0.elementType, shape: $0.shape)
      }
    case .npy(let tensor):
      [
        Checkpoint.Entry(
          name: PickleGraph.soleName, elementType: .init(tensor.scalarType), shape: tensor.shape)
      ]
    }
  }

  /// The tensor of a name that is among the entries.
  func tensor(named name: String) throws(CheckpointError) -> AnyTensor {
    switch self {
    case .safetensors(let file):
      do { return try file.tensor(named: name) } catch { throw .safetensors(error) }
    case .pyTorch(let file):
      do { return try file.tensor(named: name) } catch { throw .pyTorch(error) }
    case .npz(let file):
      do { return try file.tensor(named: name) } catch { throw .numPy(error) }
    case .npy(let tensor): return tensor
    }
  }
}
