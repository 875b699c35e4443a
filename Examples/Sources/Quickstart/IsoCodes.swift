import Foundation

/// The files of Debian's package `iso-codes`.
struct IsoCodes {
    let subdivisions: [Subdivision]
    let languages: [Language]

    private struct SubdivisionFile: Decodable {
        struct Row: Decodable {
            var code: String
            var name: String
            var type: String
            var parent: String?
        }

        var rows: [Row]

        enum CodingKeys: String, CodingKey { case rows = "3166-2" }
    }

    private struct LanguageFile: Decodable {
        var rows: [Language]

        enum CodingKeys: String, CodingKey { case rows = "639-3" }
    }

    init(folder: String = "/usr/share/iso-codes/json") throws {
        func read<T: Decodable>(_ type: T.Type, _ file: String) throws -> T {
            try JSONDecoder().decode(type, from: Data(contentsOf: URL(filePath: "\(folder)/\(file)")))
        }
        subdivisions = try read(SubdivisionFile.self, "iso_3166-2.json").rows.map { row in
            Subdivision(
                country: String(row.code.prefix { $0 != "-" }),
                code: row.code,
                name: row.name,
                type: row.type,
                parent: row.parent
            )
        }
        languages = try read(LanguageFile.self, "iso_639-3.json").rows
    }
}
