/// A key of a coding path, made when somebody asks for the path.
struct PathKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) {
        stringValue = "Index \(intValue)"
        self.intValue = intValue
    }
}

/// What is wrong, in words that hold no item data; marks the codec's own errors among those of the standard library.
struct CodecReason: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

enum CodecPath {
    /// A path as a reader of DynamoDB expressions knows it: `lines[3].qty`.
    static func text(_ path: [any CodingKey]) -> String {
        var text = ""
        for key in path {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                if !text.isEmpty { text += "." }
                text += key.stringValue
            }
        }
        return text
    }
}

extension EncodingError {
    /// An error of the encoder itself.
    ///
    /// Carries the value's type in the place of the value: an error is logged, a value must not be; and
    /// `description` of an `EncodingError` with a `Date` of NaN would trap.
    static func refused(_ type: Any.Type?, _ reason: String, at path: [any CodingKey]) -> EncodingError {
        .invalidValue(
            type as Any,
            Context(codingPath: path, debugDescription: reason, underlyingError: CodecReason(reason))
        )
    }
}

extension EncodingError {
    /// A binary number that the server has not.
    static func unstorable<Number: BinaryFloatingPoint>(_ value: Number, at path: [any CodingKey]) -> EncodingError {
        let isFinite = value.isFinite
        let reason =
            isFinite ? "a number outside the magnitudes 1E-130 to 9.9E+125" : "\(Number.self) is NaN or infinite"
        return refused(Number.self, reason, at: path)
    }
}

extension DecodingError.Context {
    /// The context of an error of the decoder itself.
    init(_ reason: String, at path: [any CodingKey]) {
        self.init(codingPath: path, debugDescription: reason, underlyingError: CodecReason(reason))
    }
}

extension AlternatorError {
    /// What encoding threw, as `.mapping` with the path and without the value.
    init(encoding error: any Error, subject: String) {
        switch error {
        case let error as AlternatorError:
            self = error
        case EncodingError.invalidValue(let value, let context):
            // The description of the standard library's errors may hold the value, so only our own words are kept.
            let reason =
                (context.underlyingError as? CodecReason)?.description ?? "\(type(of: value)) cannot be encoded"
            self.init(
                .mapping,
                message: AlternatorError.sentence(reason, context.codingPath, subject),
                cause: error
            )
        default:
            self.init(.mapping, message: "\(subject) cannot be encoded: its own code threw an error.", cause: error)
        }
    }

    /// What decoding threw, as `.decoding` with the path and without the value.
    init(decoding error: any Error, subject: String) {
        guard let error = error as? DecodingError else {
            if let error = error as? AlternatorError {
                self = error
            } else {
                self.init(.decoding, message: "\(subject) cannot be read: its own code threw an error.", cause: error)
            }
            return
        }
        let context: DecodingError.Context
        let reason: String
        var path: [any CodingKey]
        switch error {
        case .typeMismatch(let type, let found):
            (context, reason) = (found, "expected \(type)")
            path = context.codingPath
        case .keyNotFound(let key, let found):
            (context, reason) = (found, "the attribute is missing")
            path = context.codingPath + [key]
        case .valueNotFound(let type, let found):
            (context, reason) = (found, "a value of type \(type) is missing")
            path = context.codingPath
        case .dataCorrupted(let found):
            (context, reason) = (found, "the value is not valid for its type")
            path = context.codingPath
        @unknown default:
            self.init(.decoding, message: "\(subject) cannot be read.", cause: error)
            return
        }
        let own = (context.underlyingError as? CodecReason)?.description
        self.init(.decoding, message: AlternatorError.sentence(own ?? reason, path, subject), cause: error)
    }

    private static func sentence(_ reason: String, _ path: [any CodingKey], _ subject: String) -> String {
        path.isEmpty ? "\(subject): \(reason)." : "\(subject), attribute \(CodecPath.text(path)): \(reason)."
    }
}

extension CodingUserInfoKey {
    /// Present (and `true`) in `userInfo` while this package encodes or decodes, so that a type can write another
    /// form here than into plain JSON.
    public static let isDynamoDB = CodingUserInfoKey(rawValue: "com.scylladb.alternator.isDynamoDB").assumedPresent
}

extension Optional where Wrapped == CodingUserInfoKey {
    /// `CodingUserInfoKey(rawValue:)` is failable by protocol only; it never gives `nil`.
    fileprivate var assumedPresent: CodingUserInfoKey {
        guard let self else { preconditionFailure("A user info key can be made from any text.") }
        return self
    }
}
