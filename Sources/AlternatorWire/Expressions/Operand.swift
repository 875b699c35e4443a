/// Something with a value: a path, a placeholder of the request, or a function of such.
///
/// Which functions exist, and where, is decided when an expression is evaluated: the grammar takes any name.
package indirect enum Operand: Sendable, Hashable {
    case path(DocumentPath)
    /// `:x`, with its colon.
    case value(String)
    /// One argument at least.
    case function(name: String, arguments: [Operand])

    /// Every path read anywhere in it.
    package var paths: [DocumentPath] {
        switch self {
        case .path(let path): [path]
        case .value: []
        case .function(_, let arguments): arguments.flatMap(\.paths)
        }
    }

    /// Whether it is made of placeholders alone.
    package var readsNoPath: Bool { paths.isEmpty }
}

extension Operand: CustomStringConvertible {
    package var description: String {
        switch self {
        case .path(let path): path.description
        case .value(let reference): reference
        case .function(let name, let arguments):
            "\(name)(\(arguments.map(\.description).joined(separator: ", ")))"
        }
    }
}
