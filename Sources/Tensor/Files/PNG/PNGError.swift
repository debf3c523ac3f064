/// What went wrong with a PNG file.
public enum PNGError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The operating system does not let us read or write the file.
  case file(FileError)
  /// The bytes are not what the format demands.
  case malformed(path: String, Defect)
  /// A tensor of this shape is no image, or too large a one.
  case shape([Int])
  /// A keyword is too long or has characters it may not have.
  case keyword(String)
  /// A text has a character of value zero.
  case zeroCharacter(keyword: String)
  /// A text is too long.
  case textTooLong(keyword: String, byteCount: Int)

  /// How a file differs from the format, or from what we read of it.
  public enum Defect: Error, Equatable, Sendable {
    /// It does not begin as an image of the format does.
    case signature
    /// It ends in the middle of a chunk, or without its last one.
    case truncated
    /// The type of a chunk is not four letters.
    case chunkType
    /// The checksum of a chunk of this type is not that of its bytes.
    case checksum(String)
    /// A chunk of this type is where, or in an image in which, none may be.
    case order(String)
    /// A chunk of this type has another length than it must have.
    case chunk(String)
    /// There is no chunk of this type.
    case missing(String)
    /// A chunk of this type is needed, and we do not know what it means.
    case unknown(String)
    /// There are no images of this kind.
    case header
    /// The image is empty or too large.
    case size(width: Int, height: Int)
    /// The compressed rows are damaged, or not as many bytes as they must be.
    case stream(InflateError)
    /// A row has a filter that there is not.
    case filter(UInt8)
    /// A pixel has a colour that is not in the palette.
    case colour(Int)
  }

  /// What went wrong, with what was expected and found.
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .malformed(let path, let defect): "'\(path)' is no PNG image we read: \(defect)"
    case .shape(let shape):
      "a tensor of shape \(shape) is no image: [H, W], [H, W, 1] or [H, W, 3] is expected, "
        + "where H and W are \(PNG.extents.lowerBound) to \(PNG.extents.upperBound)"
    case .keyword(let keyword):
      "\(keyword.debugDescription) is no keyword of a text: 1 to 79 characters of Latin-1 are "
        + "expected, without spaces at the ends or next to each other"
    case .zeroCharacter(let keyword):
      "the text \(keyword.debugDescription) has a character of value zero"
    case .textTooLong(let keyword, let byteCount):
      "the text \(keyword.debugDescription) has \(byteCount) bytes; \(PNG.textLimit) are allowed"
    }
  }
}

extension PNGError.Defect: CustomStringConvertible {
  /// What is wrong, and what was expected and found.
  public var description: String {
    switch self {
    case .signature: "it does not begin as one does"
    case .truncated: "it is cut off"
    case .chunkType: "the type of a chunk is not four letters"
    case .checksum(let type): "the check sum of chunk \(type) does not fit"
    case .order(let type): "chunk \(type) is at a wrong place"
    case .chunk(let type): "chunk \(type) has a wrong length"
    case .missing(let type): "there is no chunk \(type)"
    case .unknown(let type): "chunk \(type) is unknown"
    case .header: "its depth, kind of colour, compression, filter or interlacing is unknown"
    case .size(let width, let height): "a size of \(width) × \(height) is not allowed"
    case .stream(let error): "\(error)"
    case .filter(let filter): "a row has the unknown filter \(filter)"
    case .colour(let index): "the palette has no colour \(index)"
    }
  }
}
