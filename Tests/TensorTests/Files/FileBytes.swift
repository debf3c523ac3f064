import Foundation
import Tensor

extension Storage {
  /// Exactly as much memory as there are bytes, for the address sanitizer to see what is read beyond.
  convenience init(_ bytes: [UInt8]) {
    self.init(byteCount: bytes.count)
    base.copyMemory(from: bytes, byteCount: bytes.count)
  }
}

extension Fixtures {
  /// The bytes of a golden file of a format.
  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path("formats/\(name)"))))
  }
}

/// The bytes of numbers, the lowest of each first.
func little<each Number: FixedWidthInteger>(_ number: repeat each Number) -> [UInt8] {
  var bytes: [UInt8] = []
  for number in repeat each number {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }
  return bytes
}

/// SplitMix64, so that a failure can be repeated.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
