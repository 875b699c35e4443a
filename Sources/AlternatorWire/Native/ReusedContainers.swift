/// Keyed containers that maps were read with, kept to read others of the same type of key.
///
/// The standard library puts a container into a box. To make one, the types of the box and of what is in it are looked
/// up by the type of the key, which takes longer than to read three members. So a container knows its map only by the
/// place where it is kept here, and is used for another map when nobody else refers to its box any more.
@safe
struct ReusedContainers {
    @safe
    private struct Place {
        /// The type of its key.
        var key: ObjectIdentifier?
        /// A `Kept` with the container; owned.
        var kept: Unmanaged<AnyObject>?
        /// The container's box, which belongs to the container.
        var box: Unmanaged<AnyObject>?
        var map = MapPlace()
    }

    /// A container whose type is the object's own, so that copying it takes no look-up.
    private final class Kept<Container> {
        private let container: Container

        init(_ container: Container) { self.container = container }

        // Inlined, the type would be looked up by the key's.
        @inline(never)
        func copy() -> Container { container }
    }

    private static let count = 16
    private let places: UnsafeMutablePointer<Place>
    /// How many have ever been used.
    private var used = 0
    /// The one to give up next for another type of key.
    private var next = 0
    /// How often a place was asked for while all had a container.
    private var misses = 0

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

    /// The place of a container with keys of a type to whose box nobody else refers; it reads this map from now on.
    @inline(__always)
    func take(_ key: ObjectIdentifier, for map: MapPlace) -> Int? {
        for place in 0..<used where unsafe places[place].key == key && isFree(place) {
            unsafe places[place].map = map
            return place
        }
        return nil
    }

    /// Whether only the container that is kept refers to its box.
    @inline(__always)
    private func isFree(_ place: Int) -> Bool {
        unsafe withUnsafeMutablePointer(to: &places[place].box) { box in
            unsafe box.withMemoryRebound(to: AnyObject?.self, capacity: 1) {
                unsafe isKnownUniquelyReferenced(&$0.pointee)
            }
        }
    }

    /// A copy of the container at a place that `take` has given for the type of its key.
    @inline(__always)
    func container<Key>(at place: Int, keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        guard let kept = unsafe places[place].kept else { preconditionFailure("There is no container at this place.") }
        return unsafe Unmanaged<Kept<KeyedDecodingContainer<Key>>>.fromOpaque(kept.toOpaque())
            ._withUnsafeGuaranteedRef { $0.copy() }
    }

    /// A place without a container, or now and then one with a container of another type that is not in use.
    ///
    /// Not each time: where more types take turns than there are places, keeping what is given up soon is only work.
    mutating func freePlace() -> Int? {
        guard ReusedContainers.canKeep else { return nil }
        if used < ReusedContainers.count {
            used += 1
            return used - 1
        }
        misses &+= 1
        guard misses % 16 == 0 else { return nil }
        for _ in 0..<ReusedContainers.count {
            let place = next
            next = (next + 1) % ReusedContainers.count
            if isFree(place) { return place }
        }
        return nil
    }

    /// Keeps a container that knows its map by the place.
    func keep<Key>(_ container: KeyedDecodingContainer<Key>, at place: Int, for map: MapPlace) {
        unsafe places[place].kept?.release()
        unsafe places[place] = Place(
            key: ObjectIdentifier(Key.self),
            kept: .passRetained(Kept(container)),
            box: unsafeBitCast(container, to: Unmanaged<AnyObject>.self),
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
