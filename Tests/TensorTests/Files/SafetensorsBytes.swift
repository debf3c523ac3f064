/// The bytes of a safetensors file, put together by hand.
func safetensors(_ header: [UInt8], _ data: [UInt8] = []) -> [UInt8] {
  withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header + data
}

/// The bytes of a safetensors file, put together by hand.
func safetensors(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
  safetensors(Array(header.utf8), data)
}

/// The bytes of a safetensors file with one tensor `a`.
func safetensors(
  dtype: String = "F32", shape: String = "[2]", offsets: String = "[0,8]", byteCount: Int = 8
) -> [UInt8] {
  safetensors(
    #"{"a":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}}"#,
    [UInt8](repeating: 0, count: byteCount))
}
