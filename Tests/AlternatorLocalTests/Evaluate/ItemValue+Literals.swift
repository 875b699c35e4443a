package import AlternatorLocal
import AlternatorWire

// Items of tests are written as literals, like those of clients.
extension ItemValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral text: String) { self = .string(text) }
    package init(integerLiteral number: Int) { self = .number(AttributeNumber(number)) }
    package init(booleanLiteral flag: Bool) { self = .bool(flag) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: ItemValue...) { self = .list(elements) }
    package init(dictionaryLiteral members: (String, ItemValue)...) {
        self = .map(Dictionary(members) { _, last in last })
    }

    init(_ number: Int) { self = .number(AttributeNumber(number)) }
}
