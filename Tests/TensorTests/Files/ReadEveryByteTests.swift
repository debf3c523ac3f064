import Foundation
import Tensor
import Testing

/// Damaged files of every format must be refused or read, and never stop the program.
@Suite struct ReadEveryByteTests {
  static let files = [
    "single.pt", "tensors-protocol4-legacy.pt", "views-legacy.pt", "training-legacy.pt",
    "model-00002-of-00002.bin", "arrays-compressed.npz", "arrays-streamed.npz", "column-major.npz",
    "column-major.npy",
  ]

  /// Opens a checkpoint and reads every tensor; says whether it could be opened.
  func read(_ bytes: [UInt8]) -> Bool {
    let storage = Storage(bytes)
    do {
      let file = try Checkpoint(storage, path: "damaged")
      for entry in file.entries {
        let tensor = try? file.tensor(named: entry.name)
        _ = tensor?.withUnsafeBytes { $0.reduce(0, &+) }
      }
      return true
    } catch {
      #expect(!error.description.isEmpty)
      return false
    }
  }

  @Test(arguments: files)
  func everyByteFlipped(_ name: String) throws {
    let original = try Fixtures.bytes(name)
    #expect(read(original))
    var refused = 0
    for place in original.indices {
      var bytes = original
      bytes[place] ^= place.isMultiple(of: 3) ? 0xFF : 1 << UInt8(place % 8)
      if !read(bytes) { refused += 1 }
    }
    #expect(refused > original.count / 8, "\(refused)")
  }

  @Test(arguments: files)
  func cut(_ name: String) throws {
    let original = try Fixtures.bytes(name)
    for count in stride(from: 0, to: original.count, by: 7) {
      #expect(!read(Array(original[..<count])), "\(count)")
    }
  }

  @Test(arguments: files)
  func randomDamage(_ name: String) throws {
    var generator = SplitMix64(state: 3)
    let original = try Fixtures.bytes(name)
    for _ in 0..<200 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
        let place = Int.random(in: bytes.indices, using: &generator)
        let end = min(bytes.count, place + Int.random(in: 1...12, using: &generator))
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[place] = .random(in: 0...255, using: &generator)
        case 1: bytes.removeSubrange(place..<end)
        case 2:
          let target = Int.random(in: 0...bytes.count, using: &generator)
          bytes.insert(contentsOf: bytes[place..<end], at: target)
        case 3: for index in place..<end { bytes[index] = 0xFF }
        default: for index in place..<end { bytes[index] = 0 }
        }
      }
      _ = read(bytes)
    }
  }
}
