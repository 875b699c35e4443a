/// First in, first out, with removal from the middle.
struct WaitingLine<Element: AnyObject> {
    private var elements: [Element] = []
    /// How many at the front of `elements` are gone.
    private var head = 0

    var count: Int { elements.count - head }
    var isEmpty: Bool { count == 0 }

    /// The element so many places behind the first.
    subscript(place: Int) -> Element { elements[head + place] }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let first = elements[head]
        head += 1
        // Moving the rest down only when half is gone keeps each step cheap on average.
        if head * 2 >= elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return first
    }

    /// Removes an element; false if it is not there.
    mutating func remove(_ element: Element) -> Bool {
        guard let index = elements[head...].firstIndex(where: { $0 === element }) else { return false }
        elements.remove(at: index)
        return true
    }

    mutating func remove(at place: Int) -> Element { elements.remove(at: head + place) }

    mutating func removeAll() -> [Element] {
        defer {
            elements = []
            head = 0
        }
        return Array(elements[head...])
    }
}
