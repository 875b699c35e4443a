// swift-format-ignore-file
// (the errors expected stand at the ends of their lines)
// Mistakes in operations, one per function. Each line with an error says what the compiler must say there.

import Alternator
import Foundation

struct Home: Document { var city: String }

struct Sorted: TableItem {
    var id: String
    var number: Int
    var name: String
    var note: String?
    var flag: Bool
    var home: Home
    var tags: Set<String>
    var list: [String]
    static let primaryKey = PrimaryKey(\Sorted.id, \Sorted.number)
    static let byNote = SecondaryIndex.global("byNote", \Sorted.note, \Sorted.number)
}

struct Plain: TableItem {
    var id: String
    var number: Int
    static let primaryKey = PrimaryKey(\Plain.id)
}

struct Counted: VersionedItem {
    var id: String
    var rev: Int?
    static let primaryKey = PrimaryKey(\Counted.id)
    static let version = VersionAttribute(\Counted.rev)
}

// MARK: Conditions

func wrongValueType(_ t: TypedTable<Sorted>) { _ = t.query("x").where { $0.name > 3 } }  // error: '>' cannot be applied to operands of type 'Path<Sorted, String>' and 'Int'
func unknownProperty(_ t: TypedTable<Sorted>) { _ = t.query("x").where { $0.nope == 3 } }  // error: nope
func memberOfAString(_ t: TypedTable<Sorted>) { _ = t.query("x").where { $0.name.count > 3 } }  // error: requires that 'String' conform to 'Document'
func orderOfABool(_ t: TypedTable<Sorted>) { _ = t.query("x").where {
    $0.flag < true }  // error: the server orders only strings, numbers and binary
}
func flagAlone(_ t: TypedTable<Sorted>) { _ = t.query("x").where { $0.flag } }  // error: Condition<Sorted>
func otherTypes(_ t: TypedTable<Sorted>) { _ = t.query("x").where { $0.name == $0.number } }  // error: 'Path<Sorted, Int>' to expected argument type 'Path<Sorted, String>'
func documentAgainstText(_ t: TypedTable<Sorted>) { _ = t.query("x").where { $0.home == "a" } }  // error: cannot be applied to operands of type 'Path<Sorted, Home>' and 'String'
func memberOfASetOfText(_ t: TypedTable<Sorted>) { _ = t.query("x").where { $0.tags.contains(3) } }  // error: cannot convert value of type 'Int' to expected argument type 'String'
func prefixOfANumber(_ t: TypedTable<Sorted>) { _ = t.query("x").where {
    $0.number.hasPrefix("a") }  // error: hasPrefix needs a string attribute
}
func numberAsCondition(_ t: TypedTable<Sorted>) { _ = t.query("x").where { $0.name == "a" && $0.number } }  // error: to expected argument type 'Condition<Sorted>'

// MARK: Keys

func missingSortKey(_ t: TypedTable<Sorted>) async throws {
    _ = try await t.get("x")  // error: this model has a sort key: get(partition, sort)
}
func updateWithoutSortKey(_ t: TypedTable<Sorted>) async throws {
    try await t.update("x") { $0.name.set("a") }  // error: this model has a sort key: update(partition, sort)
}
func wrongPartitionType(_ t: TypedTable<Sorted>) { _ = t.query(3) }  // error: String
func sortKeyOnAPlainTable(_ t: TypedTable<Plain>) async throws { _ = try await t.get("x", 3) }  // error: NoSortKey
func wrongKeyType(_ t: TypedTable<Plain>) async throws { _ = try await t.get(3) }  // error: no exact matches
func sortConditionOnAPlainTable(_ t: TypedTable<Plain>) { _ = t.query("x", .greater(3)) }  // error: NoSortKey
func sortPrefixOfANumber(_ t: TypedTable<Sorted>) {
    _ = t.query("x", .hasPrefix("a"))  // error: hasPrefix needs a String sort key
}
func wrongSortType(_ t: TypedTable<Sorted>) { _ = t.query("x", .greater("y")) }  // error: cannot convert value of type 'String' to expected argument type 'Int'
func wrongIndexKey(_ t: TypedTable<Sorted>) { _ = t.query(Sorted.byNote, 3) }  // error: cannot convert value of type 'Int' to expected argument type 'String'
func wrongIndexSort(_ t: TypedTable<Sorted>) { _ = t.query(Sorted.byNote, "n", .greater("x")) }  // error: cannot convert value of type 'String' to expected argument type 'Int'
func keyByTextAlone(_ t: Table) async throws { _ = try await t.get(Plain.self, key: "u1") }  // error: ItemKey
func unnamedTable(_ r: AlternatorResource) { _ = r.table(Plain.self) }  // error: NamedTableItem

// MARK: Updates

func removeOfARequired(_ t: TypedTable<Sorted>) async throws {
    try await t.update("x", 1) { $0.name.remove() }  // error: only an optional attribute can be removed
}
func addToAString(_ t: TypedTable<Sorted>) async throws {
    try await t.update("x", 1) { $0.name.add(1) }  // error: add needs a number attribute and a number of its type
}
func assignment(_ t: TypedTable<Sorted>) async throws {
    try await t.update("x", 1) { $0.name = "a" }  // error: cannot assign through dynamic lookup property
}
func nilForARequired(_ t: TypedTable<Sorted>) async throws {
    try await t.update("x", 1) { $0.name.set(nil) }  // error: 'nil' is not compatible with expected argument type 'String'
}
func conditionAsChange(_ t: TypedTable<Sorted>) async throws {
    try await t.update("x", 1) { $0.note == "a" }  // error: UpdateAction<Sorted>
}
func wrongValueInAnUpdate(_ t: TypedTable<Sorted>) async throws {
    try await t.update("x", 1) { $0.number.set("a") }  // error: cannot convert value of type 'String' to expected argument type 'Int'
}
func rawTextFromAVariable(_ t: Table, text: String) async throws {
    try await t.update(key: ["id": "x"], expression: text)  // error: RawExpression
}

// MARK: Versioned models

func putOfAVersioned(_ t: TypedTable<Counted>) async throws {
    try await t.put(Counted(id: "", rev: nil))  // error: a versioned model is written with insert, save or modify
}
func deleteOfAVersionedByKey(_ t: TypedTable<Counted>) async throws {
    try await t.delete("x")  // error: a versioned model: delete(item)
}
func removalOfAVersionedByKey(_ t: TypedTable<Counted>) async throws {
    _ = try await t.removed("x")  // error: a versioned model: removed(item)
}
func removalWithoutSortKey(_ t: TypedTable<Sorted>) async throws {
    _ = try await t.removed("x")  // error: a model with a sort key: removed(partition, sort)
}
func batchOfVersioned(_ t: TypedTable<Counted>) async throws {
    _ = try await t.batchWrite(put: [])  // error: a versioned model is written with insert, save or modify
}
func saveOfAnUnversioned(_ t: TypedTable<Plain>) async throws {
    try await t.save(Plain(id: "a", number: 1))  // error: VersionedItem
}
func genericPut<Item: TableItem>(_ t: TypedTable<Item>, _ item: Item) async throws {
    try await t.put(item)  // error: generic code needs 'Item.Locking == Unversioned'
}

// MARK: Keys made from properties

struct Templated: TableItem {
    var user: String
    var number: Int
    static let pk = CompositeKey("pk", "U#{user}", \Templated.user)
    static let sk = CompositeKey("sk", "N#{number:4}", \Templated.number)
    static let primaryKey = PrimaryKey(pk, sk)
}

func wrongPart(_ t: TypedTable<Templated>) async throws {
    _ = try await t.get(Templated.pk(3), Templated.sk(4))  // error: cannot convert value of type 'Int' to expected argument type 'String'
}
func missingPart(_ t: TypedTable<Templated>) async throws {
    _ = try await t.get(Templated.pk("u"), Templated.sk())  // error: have the same shape
}
func partThatIsNone() {
    struct Home: Document { var city: String }
    struct Odd: Document { var home: Home }
    _ = CompositeKey("pk", "{home}", \Odd.home)  // error: KeyPart
}
func timestampOfAFlag() {
    struct Odd: Document { var flag: Bool }
    _ = Timestamps<Odd>(created: .init(\.flag))  // error: no exact matches in call to initializer
}
func wrongDefault() {
    struct Odd: Document { var flag: Bool }
    _ = AttributeDefaults<Odd>().with(\.flag, "yes")  // error: cannot convert value of type 'String' to expected argument type 'Bool'
}

// MARK: Paths

struct Shop: TableItem {
    var id: String
    var home: Place?
    var plain: PlainPlace
    static let primaryKey = PrimaryKey(\Shop.id)
}
struct Place: Document { var city: String; var set: Int; var exists: Bool }
struct PlainPlace: Codable { var city: String }

func memberOfAPlainType(_ t: TypedTable<Shop>) { _ = t.query("x").where { $0.plain.city == "x" } }  // error: requires that 'PlainPlace' conform to 'Document'
func memberNamedAsAMethod(_ t: TypedTable<Shop>) { _ = t.scan().where { $0.home.exists == true } }  // error: -> Condition<Shop>' and 'Bool'
func memberNamedAsAChange(_ t: TypedTable<Shop>) { _ = t.scan().where { $0.home.set == 3 } }  // error: -> UpdateAction<Shop>' and 'Int'
func optionalHop(_ t: TypedTable<Shop>) { _ = t.scan().where { $0.home?.city == "x" } }  // error: cannot use optional chaining on non-optional value
func forcedHop(_ t: TypedTable<Shop>) { _ = t.scan().where { $0.home!.city == "x" } }  // error: cannot force unwrap value of non-optional type

// MARK: Calls

func textAsCondition(_ t: TypedTable<Sorted>) { _ = t.query("x").where { $0.number > 3 || "a" } }  // error: to expected argument type 'Condition<Sorted>'
func wrongPartitionAndSort(_ t: TypedTable<Sorted>) { _ = t.query(3, .greater(3)) }  // error: to expected argument type 'String'
func unknownSortCondition(_ t: TypedTable<Sorted>) { _ = t.query("x", .gt(3)) }  // error: 'gt'
func sortValueAlone(_ t: TypedTable<Sorted>) { _ = t.query("x", 3) }  // error: to expected argument type 'SortCondition<Int>'
func unknownVerb(_ t: TypedTable<Sorted>) { _ = t.query("x").sort(.greater(3)) }  // error: 'sort'
func filterBehindQuery(_ t: TypedTable<Sorted>) { _ = t.query("x") { $0.number > 3 } }  // error:
func forgottenAwait(_ t: TypedTable<Plain>) async { t.put(Plain(id: "", number: 1)) }  // error: 'async' but is not marked with 'await'
func tableAsItem(_ t: TypedTable<Plain>) async throws { try await t.put(t) }  // error: to expected argument type 'Plain'
func addition(_ t: TypedTable<Sorted>) async throws {
    try await t.update("x", 1) { $0.number += 1 }  // error: to expected argument type 'UpdateAction<Sorted>'
}
func statementAsChange(_ t: TypedTable<Sorted>) async throws {
    try await t.update("x", 1) {
        let x = 3
        $0.number.set(x)
        print(x)  // error: to expected argument type 'UpdateAction<Sorted>'
    }
}
func guardInAnUpdate(_ t: TypedTable<Sorted>, note: String?) async throws {
    try await t.update("x", 1) {
        guard let note else { return }  // error: cannot use explicit 'return' statement
        $0.note.set(note)
    }
}
func replaceOfAVersioned(_ t: TypedTable<Counted>) async throws {
    _ = try await t.replace(Counted(id: "", rev: nil))  // error: a versioned model is written with insert, save or modify
}
func tryPutOfAVersioned(_ t: TypedTable<Counted>) async throws {
    _ = try await t.tryPut(Counted(id: "", rev: nil), if: { $0.rev == 1 })  // error: a versioned model is written with insert, save or modify
}
func putEachOfVersioned(_ t: TypedTable<Counted>) async throws {
    _ = await t.putEach([Counted(id: "", rev: nil)])  // error: a versioned model is written with insert, save or modify
}

// MARK: Tables by name

struct Named: Codable { var id: String; var number: Int; var note: String? }
struct WriteOnly: Encodable { var id = "x" }

func unknownByName(_ t: Table) async throws {
    try await t.update(Named.self, key: ["id": "x"]) { $0.nope.add(1) }  // error: nope
}
func wrongTypeByName(_ t: Table) async throws {
    try await t.update(Named.self, key: ["id": "x"]) { $0.number.set("a") }  // error: cannot convert value of type 'String' to expected argument type 'Int'
}
func updateWithoutLabel(_ t: Table) async throws {
    try await t.update(Named.self, ["id": "x"]) { $0.number.set(1) }  // error: missing argument label
}
func memberWithoutModel(_ t: Table) async throws {
    try await t.update(key: ["id": "x"]) { $0.number.set(1) }  // error: has no dynamic member 'number'
}
func keyAsText(_ t: Table) async throws {
    try await t.update(key: "x") { $0["n"].set(1) }  // error: to expected argument type 'ItemKey'
}
func getWithoutLabel(_ t: Table, id: String) async throws { _ = try await t.get(["id": id]) }  // error: missing argument label 'key:'
func deleteWithoutLabel(_ t: Table) async throws { try await t.delete(["id": "x"]) }  // error: missing argument label 'key:'
func memberOfAttributes(_ t: Table) async throws {
    let x = try await t.get(key: ["id": "x"])
    print(x.number)  // error: has no member 'number'
}
func attributesAsModel(_ t: Table) async throws {
    let x: Named? = try await t.get(key: ["id": "x"])  // error: to type 'Named?'
    print(x as Any)
}
func wrongConditionByName(_ t: Table) async throws {
    try await t.put(Named(id: "a", number: 1), if: { $0.number == "x" })  // error: 'Path<Named, Int>' and 'String'
}
func closureAsKey(_ t: Table) { _ = t.query(Named.self, key: { $0.number == "x" }) }  // error: type 'ItemKey' that does not accept a closure
func unknownInAKeyCondition(_ t: Table) { _ = t.query(Named.self, matching: { $0.nope == "x" }) }  // error: nope
func conditionOnWhatIsNotRead(_ t: Table) async throws {
    try await t.put(WriteOnly(), if: { $0.id == "x" })  // error: requires that 'WriteOnly' conform to 'Decodable'
}
func anyModel(_ r: AlternatorResource, _ models: [any NamedTableItem.Type]) async throws {
    for model in models { try await r.table(model).create() }  // error: to expected argument type 'Item.Type'
}

// MARK: Configuration

func portOfAnotherType(port: UInt16) { _ = AlternatorConfig(seedHosts: ["a"], port: port) }  // error: cannot convert value of type 'UInt16' to expected argument type 'Int'
func tupleAsCredentials(_ config: inout AlternatorConfig) {
    config.authentication = .provider { ("a", "b") }  // error: to closure result type 'AlternatorConfig.Credentials'
}
