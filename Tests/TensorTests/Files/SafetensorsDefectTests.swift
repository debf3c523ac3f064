import Tensor
import Testing

/// One hostile file for each rule of the format.
@Suite struct SafetensorsDefectTests {
  typealias Defect = SafetensorsError.Defect

  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  func expect(
    _ defect: Defect, _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let path = try directory.write(bytes)
    let error = #expect(throws: SafetensorsError.self, sourceLocation: sourceLocation) {
      try SafetensorsFile(path: path)
    }
    #expect(error == .malformed(path: path, defect), sourceLocation: sourceLocation)
    #expect(!"\(defect)".isEmpty)
  }

  func expect(
    _ problem: JSONError.Problem, at position: Int, _ header: [UInt8],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try expect(
      .header(JSONError(position: position, problem: problem)), safetensors(header),
      sourceLocation: sourceLocation)
  }

  func expect(
    _ problem: JSONError.Problem, at position: Int, _ header: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try expect(problem, at: position, Array(header.utf8), sourceLocation: sourceLocation)
  }

  @Test func headerLength() throws {
    try expect(.noHeader(byteCount: 0), [])
    try expect(.noHeader(byteCount: 7), [UInt8](repeating: 0, count: 7))
    try expect(.headerLength(0), safetensors(""))
    try expect(.headerLength(1), safetensors("{"))
    try expect(.headerLength(100_000_001), [1, 0xE1, 0xF5, 5, 0, 0, 0, 0])
    try expect(.headerPastEnd(length: 100_000_000, byteCount: 8), [0, 0xE1, 0xF5, 5, 0, 0, 0, 0])
    try expect(.headerLength(.max), [UInt8](repeating: 0xFF, count: 8))
    try expect(.headerPastEnd(length: 3, byteCount: 10), [3, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D])
  }

  @Test func headerIsAnObject() throws {
    try expect(.expected("'{'"), at: 0, " {}")
    try expect(.expected("'{'"), at: 0, "[]")
    try expect(.expected("'{'"), at: 0, [0xEF, 0xBB, 0xBF] + Array("{}".utf8))
    try expect(.expected("a space"), at: 2, "{}\n")
    try expect(.expected("the end"), at: 2, "{}{}")
    try expect(.expected("the end"), at: 3, "{} x")
    try expect(.expected("the end"), at: 2, "{}\0")
    let empty = #""a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"#
    let end = empty.utf8.count + 1
    try expect(.expected("a name"), at: 1, "{,}")
    try expect(.expected("a name"), at: end + 1, "{\(empty),}")
    try expect(.expected("',' or '}'"), at: end + 1, #"{\#(empty) "b":2}"#)
    try expect(.expected("',' or '}'"), at: end, "{\(empty)")
    try expect(.expected("':'"), at: 4, #"{"a"}"#)
    try expect(.expected("',' or ']'"), at: 16, #"{"a":{"shape":[1}"#)
    for text in ["-1", "NaN", "null", "true", ".5", "+1", "]", ""] {
      try expect(.entry(tensor: "a", expected: "an object"), safetensors(#"{"a":\#(text)}"#))
    }
    for text in ["{", "}", "x", ""] {
      try expect(.metadata(name: "a"), safetensors(#"{"__metadata__":{"a":\#(text)"#))
    }
  }

  @Test func headerNumbers() throws {
    try expect(.expected("',' or ']'"), at: 16, #"{"a":{"shape":[1e3]"#)
    try expect(.expected("',' or ']'"), at: 16, #"{"a":{"shape":[1.0]"#)
    try expect(.expected("a natural number"), at: 15, #"{"a":{"shape":[-1]"#)
    for text in ["01", "00", "9223372036854775808", "99999999999999999999999999"] {
      try expect(.invalidNumber, at: 15, #"{"a":{"shape":[\#(text)]"#)
    }
  }

  @Test func headerTexts() throws {
    try expect(.expected("'\"'"), at: 3, #"{"a"#)
    try expect(.expected("'\"'"), at: 4, #"{"\\"#)
    try expect(.invalidCharacter, at: 2, "{\"\n\"}")
    for text in [#"\x"#, #"\u12"#, #"\u12G4"#, #"\uD800"#, #"\uDC00"#, #"\uD800\u0041"#, #"\uD8"#] {
      try expect(.invalidCharacter, at: 2, #"{"\#(text)":1}"#)
      try expect(.invalidCharacter, at: 2, #"{"\#(text)"#)
    }
    let sequences: [[UInt8]] = [
      [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
    ]
    for bytes in sequences {
      try expect(.invalidUTF8, at: 1, Array(#"{""#.utf8) + bytes + Array(#"":1}"#.utf8))
    }
    try expect(.expected("a name"), at: 1, [0x7B, 0xFF, 0x7D])
  }

  @Test func headerDuplicates() throws {
    let empty = #"{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"#
    try expect(.duplicateName("a"), at: 53, #"{"a":\#(empty),"a":\#(empty)}"#)
    try expect(.duplicateName("a"), at: 53, #"{"a":\#(empty),"\u0061":\#(empty)}"#)
    try expect(.duplicateName("a"), at: 24, #"{"__metadata__":{"a":"","a":""}}"#)
    try expect(.duplicateName("shape"), at: 17, #"{"a":{"shape":[],"shape":[]}}"#)
    // Names are other names if their bytes are.
    let file = try SafetensorsFile(
      path: directory.write(safetensors(#"{"\u00e4":\#(empty),"a\u0308":\#(empty)}"#)))
    #expect(file.names.map { Array($0.utf8) } == [Array("a\u{308}".utf8), Array("\u{E4}".utf8)])
    #expect(throws: Never.self) { for name in file.names { _ = try file.tensor(named: name) } }
  }

  /// A long list is left at its 65th number.
  @Test func headerOfManyNumbers() throws {
    let numbers = String(repeating: "0,", count: 1_000_000) + "0"
    try expect(.rank(tensor: "a", 65), safetensors(#"{"a":{"dtype":"U8","shape":[\#(numbers)]"#))
    try expect(
      .entry(tensor: "a", expected: "two numbers 'data_offsets'"),
      safetensors(#"{"a":{"dtype":"U8","data_offsets":[\#(numbers)]"#))
  }

  @Test func metadata() throws {
    try expect(.metadata(name: nil), safetensors(#"{"__metadata__":[]}"#))
    try expect(.metadata(name: nil), safetensors(#"{"__metadata__":nul}"#))
    let none = try SafetensorsFile(path: directory.write(safetensors(#"{"__metadata__":null}"#)))
    #expect(none.metadata.isEmpty && none.entries.isEmpty)
    try expect(.metadata(name: "a"), safetensors(#"{"__metadata__":{"a":1}}"#))
    try expect(.metadata(name: "a"), safetensors(#"{"__metadata__":{"a":{}}}"#))
  }

  @Test func members() throws {
    let (dtype, shape) = (#""dtype":"U8""#, #""shape":[0]"#)
    let offsets = #""data_offsets":[0,0]"#
    let expectations = [
      ("an object", "[]"),
      ("a text 'dtype'", "{\(shape),\(offsets)}"),
      ("a text 'dtype'", #"{"dtype":1,\#(shape),\#(offsets)}"#),
      ("a list of numbers 'shape'", "{\(dtype),\(offsets)}"),
      ("a list of numbers 'shape'", #"{\#(dtype),"shape":[""],\#(offsets)}"#),
      ("two numbers 'data_offsets'", "{\(dtype),\(shape)}"),
      ("two numbers 'data_offsets'", #"{\#(dtype),\#(shape),"data_offsets":[0]}"#),
      ("two numbers 'data_offsets'", #"{\#(dtype),\#(shape),"data_offsets":[0,0,0]}"#),
      (
        "no member but 'dtype', 'shape' and 'data_offsets'",
        #"{\#(dtype),\#(shape),\#(offsets),"strides":[1]}"#
      ),
    ]
    for (expected, entry) in expectations {
      try expect(.entry(tensor: "a", expected: expected), safetensors(#"{"a":\#(entry)}"#))
    }
  }

  @Test func elementTypes() throws {
    for type in ["F31", "f32", "", "F32 "] {
      try expect(.elementType(tensor: "a", found: type), safetensors(dtype: type))
    }
  }

  @Test func shapes() throws {
    let ones = [Int](repeating: 1, count: 65)
    try expect(.rank(tensor: "a", 65), safetensors(shape: "\(ones)"))
    #expect(throws: Never.self) {
      try SafetensorsFile(
        path: directory.write(
          safetensors(shape: "\(ones.dropLast())", offsets: "[0,4]", byteCount: 4)))
    }
    for shape in [[Int.max], [1 << 32, 1 << 32], [0, 1 << 32, 1 << 32], [1 << 32, 1 << 32, 0]] {
      try expect(.tooLarge(tensor: "a", shape: shape), safetensors(shape: "\(shape)"))
    }
    try expect(
      .partialByte(tensor: "a", .float4, shape: [3]),
      safetensors(dtype: "F4", shape: "[3]", offsets: "[0,2]", byteCount: 2))
    try expect(.size(tensor: "a", expected: 12, found: 8), safetensors(shape: "[3]"))
    try expect(.size(tensor: "a", expected: 0, found: 8), safetensors(shape: "[0]"))
    try expect(.size(tensor: "a", expected: 4, found: 8), safetensors(shape: "[]"))
  }

  @Test func offsets() throws {
    try expect(.offsets(tensor: "a", begin: 8, end: 0), safetensors(offsets: "[8,0]"))
    try expect(
      .offsets(tensor: "a", begin: .max - 8, end: .max),
      safetensors(offsets: "[\(Int.max - 8),\(Int.max)]"))
    try expect(.start(tensor: "a", expected: 0, found: 8), safetensors(offsets: "[8,16]"))
    let size = safetensors().count
    try expect(.fileSize(expected: size, found: size - 1), safetensors(byteCount: 7))
    try expect(.fileSize(expected: size, found: size + 1), safetensors(byteCount: 9))
  }

  @Test func holesAndOverlaps() throws {
    func file(_ a: String, _ b: String) -> [UInt8] {
      let header = """
        {"a":{"dtype":"U8","shape":[4],"data_offsets":\(a)},
        "b":{"dtype":"U8","shape":[4],"data_offsets":\(b)}}
        """
      return safetensors(header, [UInt8](repeating: 0, count: 9))
    }
    try expect(.start(tensor: "b", expected: 4, found: 5), file("[0,4]", "[5,9]"))
    try expect(.start(tensor: "a", expected: 4, found: 5), file("[5,9]", "[0,4]"))
    try expect(.start(tensor: "b", expected: 4, found: 3), file("[0,4]", "[3,7]"))
    try expect(.start(tensor: "b", expected: 4, found: 0), file("[0,4]", "[0,4]"))
  }
}
