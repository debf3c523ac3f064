/// The name of a tensor as a key.
///
/// Names are the same where their bytes are, as in every other reader. Texts of Swift are also the
/// same where Unicode holds them equivalent.
struct NameKey: Hashable, Comparable, Sendable {
  let name: String

  init(_ name: String) { self.name = name }

  static func == (a: NameKey, b: NameKey) -> Bool { a.name.utf8.elementsEqual(b.name.utf8) }

  static func < (a: NameKey, b: NameKey) -> Bool {
    a.name.utf8.lexicographicallyPrecedes(b.name.utf8)
  }

  func hash(into hasher: inout Hasher) {
    var name = name
    name.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
