/// A binary number that has a text of few digits, such as `0.25` or `97.1`: found with a division or two.
///
/// Most numbers that people and prices use are of this kind; the general way to the shortest text costs ten times as much.
struct ShortDecimal {
    let isNegative: Bool
    /// The digits before the point.
    let whole: UInt
    /// The digits behind it, without the zeros between the point and them.
    let fraction: UInt
    /// How many digits stand behind the point, 1 to 5; the last of them is not 0.
    let places: Int

    /// `nil` where the number has no such text, or is an integer.
    ///
    /// A text of at most 15 digits is read exactly by one division (Clinger, "How to read floating point numbers
    /// accurately", PLDI 1990), so the division tells whether `value` is what it reads as. No two texts of 15 digits are
    /// the same `Double`, and fewer places are tried first: the text is the shortest there is.
    @inline(__always)
    init?(_ value: Double) {
        let magnitude = value.magnitude
        guard magnitude < 1e9 else { return nil }
        var scale: UInt = 1
        var places = 0
        repeat {
            scale &*= 10
            places &+= 1
            let divisor = Double(scale)
            let digits = UInt(magnitude * divisor + 0.5)
            guard Double(digits) / divisor == magnitude else { continue }
            (whole, fraction) = digits.quotientAndRemainder(dividingBy: scale)
            guard fraction > 0 else { return nil }
            isNegative = value < 0
            self.places = places
            return
        } while places < 5
        return nil
    }
}
