import Tensor
import Testing

@Suite struct SHA256Tests {
  func hash(_ bytes: [UInt8], parts: Int) -> String {
    var hash = SHA256()
    bytes.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: parts) {
        hash.update(.init(rebasing: bytes[start..<min(start + parts, bytes.count)]))
      }
    }
    return hash.hexadecimal
  }

  @Test func publishedValues() {
    // FIPS 180-4 and NIST's examples.
    let cases = [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        String(repeating: "a", count: 1_000_000),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ]
    for (text, expected) in cases {
      #expect(hash(Array(text.utf8), parts: 4096) == expected)
    }
    for parts in [1, 3, 63, 64, 65, 200] {
      let bytes = [UInt8](repeating: 0x61, count: 1000)
      #expect(hash(bytes, parts: parts) == hash(bytes, parts: 1000))
    }
  }

  @Test func hashesFiles() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(Array("abc".utf8))
    #expect(try SHA256.hash(ofFile: path).hasPrefix("ba7816bf"))
    #expect(throws: FileError.self) { try SHA256.hash(ofFile: directory.file("missing")) }
  }
}
