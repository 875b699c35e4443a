import Foundation

/// The code that README.md and the documentation comments show, and the code of this folder, in a form to compare.
enum DocumentedCode {
    /// One block of code in a document.
    struct Block: Sendable, CustomStringConvertible {
        /// The file and the line where it begins.
        let place: String
        let lines: [String]

        var description: String { place }

        /// Its code without comments and blanks, in pieces: a `…` stands for what is left out, and other code may stand
        /// behind a declaration.
        var pieces: [String] {
            var code = DocumentedCode.bare(lines.filter { !$0.hasPrefix("import ") }.map { $0 == "}" ? "}…" : $0 })
            for (shown, meant) in DocumentedCode.stands { code = code.replacingOccurrences(of: shown, with: meant) }
            return code.split(separator: "…").map(String.init).filter { $0.count > 3 }
        }
    }

    /// What documents say of a cluster of yours is run on an embedded one.
    private static let stands = [
        (#"["10.0.0.1","10.0.0.2"],port:8000"#, "cluster.seedHosts,port:cluster.port")
    ]

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The blocks marked as Swift; of comments, those of documentation.
    static func blocks(of path: String, inComments: Bool) throws -> [Block] {
        var blocks: [Block] = []
        var open: (line: Int, lines: [String])?
        for (number, line) in try text(path).components(separatedBy: "\n").enumerated() {
            var line = line
            if inComments {
                line = line.trimmingCharacters(in: .whitespaces)
                guard line.hasPrefix("///") else { continue }
                line = String(line.dropFirst(line.hasPrefix("/// ") ? 4 : 3))
            }
            if let block = open, line.hasPrefix("```") {
                blocks.append(Block(place: "\(path):\(block.line)", lines: block.lines))
                open = nil
            } else if line == "```swift" {
                open = (number + 1, [])
            } else {
                open?.lines.append(line)
            }
        }
        return blocks
    }

    /// The blocks of all sources under a folder.
    static func comments(under folder: String) throws -> [Block] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.appendingPathComponent(folder).path)
        return try paths.filter { $0.hasSuffix(".swift") }.sorted()
            .flatMap { try blocks(of: "\(folder)/\($0)", inComments: true) }
    }

    /// Code without comments and blanks.
    static func bare(_ lines: [String]) -> String {
        lines.map { line in
            // An address has no blank before its slashes.
            if line.hasPrefix("//") { return "" }
            guard let comment = line.range(of: " //") else { return line }
            return String(line[..<comment.lowerBound])
        }
        .joined().filter { !$0.isWhitespace }
    }

    /// The compiled code of a file of this folder.
    static func compiled(_ file: String) throws -> String {
        bare(try text("Tests/AlternatorTests/Documentation/\(file)").components(separatedBy: "\n"))
    }
}
