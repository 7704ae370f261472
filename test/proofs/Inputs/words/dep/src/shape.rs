pub trait Shape {
    fn area(&self) -> u64;
    fn name(&self) -> String {
        "shape".to_string()
    }
}

struct Square(u64);
struct Row(Vec<Box<dyn Shape>>);

impl Shape for Square {
    fn area(&self) -> u64 {
        crate::count::add(1);
        self.0 * self.0
    }
}

impl Shape for Row {
    fn area(&self) -> u64 {
        self.0.iter().map(|shape| shape.area()).sum()
    }
    fn name(&self) -> String {
        format!("row of {}", self.0.len())
    }
}

static MAKERS: [fn(u64) -> Box<dyn Shape>; 2] = [square, row];

fn square(n: u64) -> Box<dyn Shape> {
    Box::new(Square(n))
}

fn row(n: u64) -> Box<dyn Shape> {
    Box::new(Row((0..n).map(square).collect()))
}

#[inline(never)]
pub fn make(n: u64) -> Box<dyn Shape> {
    MAKERS[n as usize % 2](n)
}
