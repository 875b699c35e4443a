// swift-format-ignore-file
// (the errors expected stand at the ends of their lines)
// Mistakes in the declarations of models.

import Alternator
import Foundation

struct NoKey: TableItem { var id: String }  // error: does not conform to protocol 'TableItem'
struct DateKey: TableItem {
    var id: Date
    static let primaryKey = PrimaryKey(\DateKey.id)  // error: a key property needs a KeyValue type
}
struct OptionalKey: TableItem {
    var id: String?
    static let primaryKey = PrimaryKey(\OptionalKey.id)  // error: a key property needs a KeyValue type
}
struct InstanceKey: TableItem {  // error: does not conform to protocol 'TableItem'
    var id: String
    let primaryKey = PrimaryKey(\InstanceKey.id)
}
struct PlainID: KeyValue { var raw: String }  // error: does not conform to protocol 'KeyValue'
struct TextVersion: VersionedItem {
    var id: String
    var rev: String
    static let primaryKey = PrimaryKey(\TextVersion.id)
    static let version = VersionAttribute(\TextVersion.rev)  // error: a version is an Int or Int? property
}
struct PathVersion: VersionedItem {  // error: does not conform to protocol 'VersionedItem'
    var id: String
    var rev: Int
    static let primaryKey = PrimaryKey(\PathVersion.id)
    static let version = Path(\PathVersion.rev)
}
struct ArrayOfIndexes: IndexedItem {  // error: does not conform to protocol 'IndexedItem'
    var id: String
    var rev: Int
    static let primaryKey = PrimaryKey(\ArrayOfIndexes.id)
    static let byRev = SecondaryIndex.global("byRev", \ArrayOfIndexes.rev)
    static let indexes = [byRev]
}
struct RootlessKey: TableItem {  // error: does not conform to protocol 'TableItem'
    var id: String
    static let primaryKey = PrimaryKey(\.id)  // error: cannot infer key path type
}
struct VariableKey: TableItem {
    var id: String
    static var primaryKey = PrimaryKey(\VariableKey.id)  // error: is not concurrency-safe
}
final class Reference {}
struct HoldsAReference: TableItem {  // error: does not conform to protocol 'Decodable'
    var id: String
    var reference: Reference  // error: has non-Sendable type 'Reference'
    static let primaryKey = PrimaryKey(\HoldsAReference.id)
}
class OpenModel: TableItem {  // error: non-final class 'OpenModel' cannot conform to the 'Sendable' protocol
    var id = ""  // error: is mutable
    static let primaryKey = PrimaryKey(\OpenModel.id)  // error: cannot be satisfied by a non-final class
}
enum PlainKind: String, Codable { case a }
struct EnumKey: TableItem {
    var id: PlainKind
    static let primaryKey = PrimaryKey(\EnumKey.id)  // error: a key property needs a KeyValue type
}
struct NamesOfADictionary: ExplicitNames, TableItem {  // error: does not conform to protocol 'ExplicitNames'
    var id: String
    var rev: Int
    static let primaryKey = PrimaryKey(\NamesOfADictionary.id)
    static let attributeNames = [\NamesOfADictionary.rev: "r"]
}
struct HoldsATuple: TableItem {  // error: does not conform to protocol 'Decodable'
    var id: String
    var home: (Int, Int)
    static let primaryKey = PrimaryKey(\HoldsATuple.id)
}
public struct HiddenKey: TableItem {
    public var id: String
    static let primaryKey = PrimaryKey(\HiddenKey.id)  // error: must be declared public
}
struct StoredInGeneric<Value: Codable & Sendable>: TableItem {
    var id: String
    var value: Value
    static let primaryKey = PrimaryKey(\StoredInGeneric.id)  // error: static stored properties not supported in generic types
}
struct UnversionedLike: VersionedItem {  // error: does not conform to protocol 'VersionedItem'
    var id: String
    var rev: Int
    static let primaryKey = PrimaryKey(\UnversionedLike.id)
    static let version = 3
}
