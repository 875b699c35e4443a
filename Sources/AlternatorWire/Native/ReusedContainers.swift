import Synchronization

/// Keyed containers that maps were read with, kept to read others of the same type of key.
///
/// The standard library puts a container into a box. To make one, the types of the box and of what is in it are looked
/// up by the type of the key, which takes longer than to read three members. So a container knows its map only by the
/// place where it is kept here, and is used for another map when nobody else refers to its box any more.
@safe
struct ReusedContainers {
    @safe
    private struct Place: ~Copyable {
        /// The type of its key.
        var key: ObjectIdentifier?
        /// A `Kept` with the container; owned.
        var kept: Unmanaged<AnyObject>?
        /// The container's box, which belongs to the container.
        var box: Unmanaged<AnyObject>?
        // The map. Atomic, for a container that somebody keeps looks at it from any thread; it does not change before that
        // container is gone.
        let serial = Atomic<UInt64>(0)
        let node = Atomic<Int>(0)
    }

    private struct Counts {
        /// How many places have ever been used.
        var used = 0
        /// The one to give up next for another type of key.
        var next = 0
        /// How often a place was asked for while all had a container.
        var misses = 0
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
    private let countsPointer: UnsafeMutablePointer<Counts>

    /// Never freed, as the memory it belongs to.
    init() {
        unsafe places = .allocate(capacity: ReusedContainers.count)
        for place in 0..<ReusedContainers.count { unsafe (places + place).initialize(to: Place()) }
        unsafe countsPointer = .allocate(capacity: 1)
        unsafe countsPointer.initialize(to: Counts())
    }

    private var counts: Counts {
        get { unsafe countsPointer.pointee }
        nonmutating set { unsafe countsPointer.pointee = newValue }
    }

    /// Which map the container at a place reads.
    @inline(__always)
    subscript(place: Int) -> MapPlace {
        precondition(place >= 0 && place < ReusedContainers.count, "There is no such place for a container.")
        return unsafe MapPlace(
            serial: places[place].serial.load(ordering: .relaxed),
            node: places[place].node.load(ordering: .relaxed)
        )
    }

    @inline(__always)
    private func point(_ place: Int, to map: MapPlace) {
        unsafe places[place].serial.store(map.serial, ordering: .relaxed)
        unsafe places[place].node.store(map.node, ordering: .relaxed)
    }

    /// The place of a container with keys of a type to whose box nobody else refers; it reads this map from now on.
    @inline(__always)
    func take(_ key: ObjectIdentifier, for map: MapPlace) -> Int? {
        for place in 0..<counts.used where unsafe places[place].key == key && isFree(place) {
            point(place, to: map)
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
    func freePlace() -> Int? {
        guard ReusedContainers.canKeep else { return nil }
        if counts.used < ReusedContainers.count {
            counts.used += 1
            return counts.used - 1
        }
        counts.misses &+= 1
        guard counts.misses % 16 == 0 else { return nil }
        for _ in 0..<ReusedContainers.count {
            let place = counts.next
            counts.next = (place + 1) % ReusedContainers.count
            if isFree(place) { return place }
        }
        return nil
    }

    /// Keeps a container that knows its map by the place.
    func keep<Key>(_ container: KeyedDecodingContainer<Key>, at place: Int, for map: MapPlace) {
        unsafe places[place].kept?.release()
        unsafe places[place].key = ObjectIdentifier(Key.self)
        unsafe places[place].kept = .passRetained(Kept(container))
        unsafe places[place].box = unsafeBitCast(container, to: Unmanaged<AnyObject>.self)
        point(place, to: map)
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
