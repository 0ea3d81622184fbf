//! Parts of dates, times and spans, as the clock showed them.

use crate::odata::eval::Value;
use crate::odata::expr::Function;
use crate::odata::temporal::{DateTime, TimeOfDay};

pub(super) fn part(function: Function, value: &Value<'_>) -> Option<Value<'static>> {
    let date = || {
        value
            .date()
            .or_else(|| value.date_time().map(DateTime::date))
    };
    let time = || -> Option<TimeOfDay> {
        value
            .time_of_day()
            .or_else(|| value.date_time().map(DateTime::time))
    };
    match function {
        Function::Year => Some(Value::Int(date()?.parts().0)),
        Function::Month => Some(Value::Int(date()?.parts().1)),
        Function::Day => Some(Value::Int(date()?.parts().2)),
        Function::Date => date().map(Value::Date),
        Function::Hour => Some(Value::Int(time()?.parts().0)),
        Function::Minute => Some(Value::Int(time()?.parts().1)),
        Function::Second => Some(Value::Int(time()?.parts().2)),
        #[expect(clippy::cast_precision_loss, reason = "less than 2⁵³")]
        Function::FractionalSeconds => Some(Value::Double(time()?.parts().3 as f64 / 1e9)),
        Function::Time => time().map(Value::Time),
        Function::TotalOffsetMinutes => value.date_time().map(|at| Value::Int(at.offset)),
        Function::TotalSeconds => value.duration().map(|span| Value::Double(span.seconds())),
        _ => None,
    }
}
