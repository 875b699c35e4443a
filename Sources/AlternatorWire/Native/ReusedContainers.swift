/// Keyed containers that maps were read with, kept to read others of the same type of key.
///
/// The standard library puts a container into a box. To make one, the types of the box and of what is in it are looked
/// up by the type of the key, which takes longer than to read three members. So a container knows its map only by the
/// place where it is kept here, and is used for another map when nobody else refers to its box any more.
@safe
struct ReusedContainers {
    private struct Place {
        /// The type of its key.
        var key: ObjectIdentifier?
        var box: AnyObject?
        var map = MapPlace()
    }

    private static let count = 16
    private let places: UnsafeMutablePointer<Place>
    /// How many have ever been used.
    private var used = 0
    /// The one to give up next for another type of key.
    private var next = 0

    /// Never freed, as the memory it belongs to.
    init() {
        unsafe places = .allocate(capacity: ReusedContainers.count)
        unsafe places.initialize(repeating: Place(), count: ReusedContainers.count)
    }

    /// Which map the container at a place reads.
    @inline(__always)
    subscript(place: Int) -> MapPlace {
        precondition(place >= 0 && place < ReusedContainers.count, "There is no such place for a container.")
        return unsafe places[place].map
    }

    /// The box of a container with keys of a type, if nobody else refers to it.
    @inline(__always)
    mutating func take(_ key: ObjectIdentifier, for map: MapPlace) -> AnyObject? {
        for place in 0..<used {
            let isFree = unsafe places[place].key == key && ReusedContainers.isUnique(&places[place].box)
            guard isFree else { continue }
            unsafe places[place].map = map
            return unsafe places[place].box
        }
        return nil
    }

    /// The container of a box that `take` has given for the type of its key.
    @inline(__always)
    static func container<Key>(of box: AnyObject, keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        unsafe unsafeBitCast(box, to: KeyedDecodingContainer<Key>.self)
    }

    @inline(__always)
    private static func isUnique(_ box: inout AnyObject?) -> Bool { isKnownUniquelyReferenced(&box) }

    /// A place without a container, or with one of another type that is not in use.
    mutating func freePlace() -> Int? {
        guard ReusedContainers.canKeep else { return nil }
        if used < ReusedContainers.count {
            used += 1
            return used - 1
        }
        for _ in 0..<ReusedContainers.count {
            let place = next
            next = (next + 1) % ReusedContainers.count
            if unsafe ReusedContainers.isUnique(&places[place].box) { return place }
        }
        return nil
    }

    /// Keeps a container that knows its map by the place.
    mutating func keep<Key>(_ container: KeyedDecodingContainer<Key>, at place: Int, for map: MapPlace) {
        unsafe places[place] = Place(
            key: ObjectIdentifier(Key.self),
            box: unsafeBitCast(container, to: AnyObject.self),
            map: map
        )
    }

    /// Whether a container is nothing but a reference to its box, as reflection shows both; else none is ever kept.
    private static let canKeep: Bool = {
        let container = KeyedDecodingContainer(MapDecoder<PathKey>(.unused, keptAt: 0))
        let children = Mirror(reflecting: container).children
        guard MemoryLayout<KeyedDecodingContainer<PathKey>>.size == MemoryLayout<UInt>.size, children.count == 1,
            let box = children.first?.value, type(of: box) is AnyClass
        else { return false }
        return unsafe unsafeBitCast(container, to: UInt.self) == UInt(bitPattern: ObjectIdentifier(box as AnyObject))
    }()
}
