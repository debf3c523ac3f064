import Tensor
import Testing

/// Damaged files must be refused or read, and never stop the program.
@Suite struct SafetensorsMutationTests {
  static let original = safetensors(
    """
    {"__metadata__":{"k\\u00e9y":"\\ud83d\\ude00"},
    "a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},
    "b":{"dtype":"BOOL","shape":[3],"data_offsets":[8,11]},
    "c":{"dtype":"F64","shape":[],"data_offsets":[11,19]},
    "d":{"dtype":"U16","shape":[0],"data_offsets":[19,19]}}
    """, [UInt8](repeating: 1, count: 19))

  /// One change at a random place: a bit or byte, a cut, a piece copied elsewhere.
  func mutate(_ bytes: inout [UInt8], using generator: inout SplitMix64) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: 0..<bytes.count, using: &generator)
    let end = min(bytes.count, place + Int.random(in: 1...12, using: &generator))
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1: bytes[place] = Array(#"{}[]",:\u09 -"#.utf8).randomElement(using: &generator) ?? 0
    case 2: bytes.removeLast(bytes.count - place)
    case 3: bytes.removeSubrange(place..<end)
    case 4:
      let target = Int.random(in: 0...bytes.count, using: &generator)
      bytes.insert(contentsOf: bytes[place..<end], at: target)
    default: bytes[place] = .random(in: 0...255, using: &generator)
    }
  }

  @Test func damagedFilesNeverTrap() {
    var generator = SplitMix64(state: 1)
    var (opened, refused) = (0, 0)
    for _ in 0..<5000 {
      var bytes = Self.original
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        mutate(&bytes, using: &generator)
      }
      if Bool.random(using: &generator), bytes.count >= 8 {
        // A length that fits the damaged header, which is then read at least.
        bytes.replaceSubrange(0..<8, with: safetensors([], []).prefix(8))
        let length = max(0, bytes.count - 8 - 19)
        (bytes[0], bytes[1]) = (UInt8(length & 255), UInt8(length >> 8))
      }
      // Exactly as much memory as the file has bytes, for the address sanitizer to see.
      let storage = Storage(byteCount: bytes.count)
      storage.base.copyMemory(from: bytes, byteCount: bytes.count)
      do {
        let file = try SafetensorsFile(storage, path: "damaged")
        for name in file.names {
          let tensor = try? file.tensor(named: name)
          _ = tensor?.withUnsafeBytes { $0.reduce(0, &+) }
          if let floats = tensor?.tensor(of: Float.self) { _ = floats.elements }
        }
        opened += 1
      } catch {
        #expect(!error.description.isEmpty)
        refused += 1
      }
    }
    // Both ends are reached: most are refused, those damaged in their elements only are not.
    #expect(opened > 50 && refused > 2500, "\(opened) opened, \(refused) refused")
  }
}
