//! How fast something grows, and how well that is known.

/// A straight line's slope through points, by least squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// How much it grows with each unit of the first axis.
    pub value: f64,
    /// The slope's standard error: how far another sample's would be from it.
    pub error: f64,
}

impl Slope {
    /// The slope through these points; absent where they do not decide one and its error.
    pub fn of(points: &[(f64, f64)]) -> Option<Self> {
        if points.len() < 3 {
            return None;
        }
        let (xs, ys) = (mean(points.iter().map(|(x, _)| *x)), mean(points.iter().map(|(_, y)| *y)));
        let squares: f64 = points.iter().map(|(x, _)| (x - xs).powi(2)).sum();
        if squares == 0.0 {
            return None;
        }
        let products: f64 = points.iter().map(|(x, y)| (x - xs) * (y - ys)).sum();
        let value = products / squares;
        let residual = |(x, y): &(f64, f64)| (y - ys - value * (x - xs)).powi(2);
        let rest: f64 = points.iter().map(residual).sum();
        Some(Self { value, error: (rest / (points.len() - 2) as f64 / squares).sqrt() })
    }
}

/// The mean of each `width` of the first axis: what follows closely after another says little by itself, and
/// would make the slope's error look smaller than it is.
pub fn means(points: &[(f64, f64)], width: f64) -> Vec<(f64, f64)> {
    let place = |point: &(f64, f64)| (point.0 / width).floor();
    let same = |a: &(f64, f64), b: &(f64, f64)| place(a).total_cmp(&place(b)).is_eq();
    let middle = |chunk: &[(f64, f64)]| {
        (mean(chunk.iter().map(|(x, _)| *x)), mean(chunk.iter().map(|(_, y)| *y)))
    };
    points.chunk_by(same).map(middle).collect()
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_on_a_line_have_its_slope_without_an_error() {
        let points = [(0.0, 1.0), (1.0, 3.0), (3.0, 7.0)];
        assert_eq!(Slope::of(&points), Some(Slope { value: 2.0, error: 0.0 }));
        let flat = Slope { value: 0.0, error: 0.0 };
        assert_eq!(Slope::of(&points.map(|(x, _)| (x, 5.0))), Some(flat));
    }

    #[test]
    fn the_error_is_that_of_the_textbook() {
        // Heights and weights of women: R's lm gives 61.272 with a standard error of 1.776.
        let points = [
            (1.47, 52.21),
            (1.50, 53.12),
            (1.52, 54.48),
            (1.55, 55.84),
            (1.57, 57.20),
            (1.60, 58.57),
            (1.63, 59.93),
            (1.65, 61.29),
            (1.68, 63.11),
            (1.70, 64.47),
            (1.73, 66.28),
            (1.75, 68.10),
            (1.78, 69.92),
            (1.80, 72.19),
            (1.83, 74.46),
        ];
        let slope = Slope::of(&points).unwrap();
        assert!((slope.value - 61.272).abs() < 0.001, "{slope:?}");
        assert!((slope.error - 1.776).abs() < 0.001, "{slope:?}");
    }

    #[test]
    fn what_decides_no_slope_has_none() {
        assert_eq!(Slope::of(&[]), None);
        assert_eq!(Slope::of(&[(0.0, 1.0), (1.0, 2.0)]), None);
        assert_eq!(Slope::of(&[(1.0, 1.0), (1.0, 2.0), (1.0, 3.0)]), None);
    }

    #[test]
    fn neighbours_become_one_point() {
        let points = [(0.0, 1.0), (9.0, 3.0), (10.0, 5.0), (31.0, 7.0)];
        assert_eq!(means(&points, 10.0), [(4.5, 2.0), (10.0, 5.0), (31.0, 7.0)]);
    }
}
