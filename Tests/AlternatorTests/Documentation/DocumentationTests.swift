import Testing

/// What the documents show is code that compiles, and where that is possible runs.
struct DocumentationTests {
    @Test func `all code of the README is compiled`() throws {
        let compiled = try DocumentedCode.compiled("ReadmeSnippets.swift")
        let blocks = try DocumentedCode.blocks(of: "README.md", inComments: false)
        #expect(blocks.count > 7)
        // What a manifest is made of compiles in a manifest alone.
        for block in blocks where !block.lines.contains(where: { $0.hasPrefix(".package(") }) {
            for piece in block.pieces where !compiled.contains(piece) {
                Issue.record("\(block) shows code that ReadmeSnippets.swift does not have: \(piece)")
            }
        }
    }

    @Test(arguments: ["Sources/Alternator", "Sources/AlternatorCore", "Sources/AlternatorLocal/Cluster"])
    func `all code of documentation comments is compiled`(folder: String) throws {
        let compiled = try DocumentedCode.compiled("CommentSnippets.swift")
        let blocks = try DocumentedCode.comments(under: folder)
        #expect(blocks.count > 1)
        for block in blocks {
            for piece in block.pieces where !compiled.contains(piece) {
                Issue.record("\(block) shows code that CommentSnippets.swift does not have: \(piece)")
            }
        }
    }
}
