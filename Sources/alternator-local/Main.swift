import AlternatorLocal

@main
struct Main {
    static func main() {}
}
