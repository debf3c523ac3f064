internal import Foundation

/// The models that ship with the examples, as folders beside the executable.
///
/// `Bundle.module` would stop the program where an executable was moved away from its resources;
/// here that is an error.
package enum ShowcaseModel: String, CaseIterable {
  /// A class-conditional DiT for images like those of Fashion-MNIST.
  case generator = "fashion-dit"
  /// A classifier of the same ten classes.
  case judge = "fashion-judge"

  /// The path of the model's folder.
  ///
  /// - Throws: `ShowcaseModelError` where the resources are not beside the executable.
  package func folder() throws(ShowcaseModelError) -> String {
    let bundle = "swift-dit_ShowcaseModel"
    let places = [Bundle.main.bundleURL, Bundle.main.resourceURL].compactMap { $0 }
    let candidates = places.flatMap { place in
      ["\(bundle).resources", "\(bundle).bundle", "\(bundle).bundle/Contents/Resources"].map {
        place.appending(path: $0).appending(path: rawValue)
      }
    }
    for folder in candidates where FileManager.default.fileExists(atPath: folder.path) {
      return folder.path
    }
    throw ShowcaseModelError(model: rawValue, searched: places[0].path)
  }
}

/// The shipped model is not where the executable is.
package struct ShowcaseModelError: Error, Equatable, CustomStringConvertible {
  /// The name of the model's folder.
  package let model: String
  /// Where it was looked for.
  package let searched: String

  /// The error in a sentence.
  package var description: String {
    "\(searched): the shipped model '\(model)' is not beside this executable; "
      + "name a model folder with --model"
  }
}
