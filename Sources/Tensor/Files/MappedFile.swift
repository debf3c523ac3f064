internal import _LibC

extension Storage {
  /// Maps a file into memory, to be read only.
  ///
  /// Nothing is read before it is touched. The mapping ends with the last tensor in it. It shows
  /// the file as it is, so nobody may cut the file short meanwhile (the program would die of
  /// SIGBUS) or write into it; to replace it by another one under the same name is safe, and is
  /// what `AtomicFile` does.
  package convenience init(mapping path: String) throws(FileError) {
    // Without O_NONBLOCK, to open a pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(path: path, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, code: errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular(path: path) }
    let byteCount = Int(status.st_size)
    guard byteCount > 0 else {  // which mmap refuses
      self.init(byteCount: 0)
      return
    }
    guard let base = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0),
      base != MAP_FAILED
    else { throw .unreadable(path: path, code: errno) }
    self.init(base, byteCount: byteCount, isWritable: false) { munmap($0, byteCount) }
  }

  /// Gives the memory of a mapped file's bytes back; they are read again if they are used again.
  ///
  /// Pages that the bytes share with others stay. Memory of our own stays as it is.
  package func discardPages(_ bytes: Range<Int>) {
    guard !isWritable else { return }
    let page = Int(getpagesize())
    let first = (bytes.lowerBound + page - 1) / page * page
    let end = bytes.upperBound / page * page
    if first < end { madvise(base + first, end - first, MADV_DONTNEED) }
  }
}

/// The bytes of a file, in memory of their own.
///
/// - Throws: `FileError` where it cannot be read, or is a folder, a pipe or a device, which might never
///   end.
package func contents(ofFile path: String) throws(FileError) -> [UInt8] {
  let storage = try Storage(mapping: path)
  return withExtendedLifetime(storage) {
    Array(UnsafeRawBufferPointer(start: storage.base, count: storage.byteCount))
  }
}

extension AnyTensor {
  /// Gives the memory of a tensor in a mapped file back, once its elements have been packed.
  package func discardPages() { storage.discardPages(byteRange) }
}

extension Tensor {
  /// Gives the memory of a tensor in a mapped file back, once its elements have been packed.
  package func discardPages() {
    if isContiguous { AnyTensor(self).discardPages() }
  }
}

extension [Int] {
  /// The product of these extents and `width`; nil if a tensor of this shape is too large.
  ///
  /// Strides are products too, of extents beside a zero as well, so none of them may overflow.
  func checkedProduct(times width: Int) -> Int? {
    var product = width
    for extent in self {
      let (next, overflow) = product.multipliedReportingOverflow(by: Swift.max(extent, 1))
      guard !overflow else { return nil }
      product = next
    }
    return contains(0) ? 0 : product
  }
}
