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
