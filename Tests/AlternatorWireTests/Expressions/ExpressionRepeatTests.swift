import AlternatorWire
import Testing

/// Which updates may be sent again: the helpers behind the client's retry classes.
@Suite struct ExpressionRepeatTests {
    @Test(arguments: [
        "SET a = :v",
        "SET a = if_not_exists(a, :v)",
        "SET #a = if_not_exists(a, :v)",
        "SET a.b[1].c = if_not_exists(a.b[1].c, :v)",
        "SET a = if_not_exists(a, if_not_exists(a, :v))",
        "SET a = :v + :w",
        "SET a = list_append(:v, :w)",
        "REMOVE a",
        "ADD a :v",
    ])
    func `constants and a default for the target itself read nothing that matters`(text: String) throws {
        #expect(try UpdateExpression.parse(text).setsReadingPaths(names: ["#a": "a"]).isEmpty)
    }

    @Test(arguments: [
        "SET a = a + :v",
        "SET a = b",
        "SET a = if_not_exists(b, :v)",
        "SET a = if_not_exists(a, b)",
        "SET a = if_not_exists(a, :v) + :w",
        "SET a = :v - if_not_exists(a, :w)",
        "SET a = list_append(a, :v)",
        "SET a = if_not_exists(a.b, :v)",
        "SET #b = if_not_exists(a, :v)",
        "SET a = if_not_exists(a, list_append(a, :v))",
    ])
    func `a right side that reads the item counts`(text: String) throws {
        #expect(try UpdateExpression.parse("\(text), x = :v").setsReadingPaths(names: ["#b": "b"]).count == 1)
    }

    @Test func `list index targets are those a path ends in`() throws {
        let update = try UpdateExpression.parse(
            "SET a[1] = :v, b[1].c = :v, d.e = :v REMOVE f[0], g[0].h, i ADD j[0] :v"
        )
        #expect(update.listIndexTargets.map(\.description) == ["a[1]", "f[0]"])
        #expect(update.adds == [.init(target: DocumentPath([.name("j"), .index(0)]), value: ":v")])
    }
}
