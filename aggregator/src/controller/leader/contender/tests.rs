use proptest::prelude::*;

use super::*;

/// Any time: nobody reckons with it.
fn time() -> MicroTime {
    MicroTime(k8s_openapi::jiff::Timestamp::UNIX_EPOCH)
}

fn lease(holder: &str, seconds: i32, renewal: i64) -> Lease {
    let renewed = k8s_openapi::jiff::Timestamp::from_second(renewal).unwrap();
    let spec = LeaseSpec {
        holder_identity: Some(holder.to_owned()),
        lease_duration_seconds: Some(seconds),
        lease_transitions: Some(7),
        acquire_time: Some(time()),
        renew_time: Some(MicroTime(renewed)),
        ..LeaseSpec::default()
    };
    let metadata = ObjectMeta { name: Some("lease".to_owned()), ..ObjectMeta::default() };
    Lease { metadata, spec: Some(spec) }
}

/// What is done about this Lease so many seconds after it was first seen.
fn step_after(seconds: u64, lease: &Lease) -> Step {
    let (mut contender, now) = (Contender::new("me".to_owned()), Instant::now());
    contender.saw(Some(lease.clone()), now);
    contender.step(now + Duration::from_secs(seconds), &time())
}

fn written(step: Step) -> LeaseSpec {
    let (Step::Create(lease) | Step::Replace(lease)) = step else { panic!("{step:?}") };
    lease.spec.unwrap()
}

#[test]
fn it_looks_before_it_does_anything() {
    let mut contender = Contender::new("me".to_owned());
    assert_eq!(contender.step(Instant::now(), &time()), Step::Look);
    contender.saw(None, Instant::now());
    contender.doubt();
    assert_eq!(contender.step(Instant::now(), &time()), Step::Look);
}

#[test]
fn a_lease_that_is_absent_is_made() {
    let mut contender = Contender::new("me".to_owned());
    contender.saw(None, Instant::now());
    let step = contender.step(Instant::now(), &time());
    assert!(matches!(step, Step::Create(_)));
    let spec = written(step);
    assert_eq!((spec.holder_identity.as_deref(), spec.lease_transitions), (Some("me"), Some(0)));
    assert_eq!((spec.acquire_time, spec.renew_time), (Some(time()), Some(time())));
    assert_eq!(spec.lease_duration_seconds, Some(15));
}

#[test]
fn what_another_holds_is_left_alone_until_it_has_run_out() {
    assert_eq!(step_after(0, &lease("other", 15, 0)), Step::Wait);
    assert_eq!(step_after(14, &lease("other", 15, 0)), Step::Wait);
    let spec = written(step_after(15, &lease("other", 15, 0)));
    assert_eq!((spec.holder_identity.as_deref(), spec.lease_transitions), (Some("me"), Some(8)));
    assert_eq!(step_after(59, &lease("other", 60, 0)), Step::Wait);
    // Nobody's clock matters: a renewal in the far future is as old as it is seen to be.
    assert!(matches!(step_after(15, &lease("other", 15, 1 << 33)), Step::Replace(_)));
}

#[test]
fn a_duration_that_is_none_is_as_long_as_our_own() {
    for seconds in [0, -1, i32::MIN] {
        assert_eq!(step_after(14, &lease("other", seconds, 0)), Step::Wait);
        assert!(matches!(step_after(15, &lease("other", seconds, 0)), Step::Replace(_)));
    }
}

#[test]
fn what_nobody_holds_is_taken_at_once() {
    let given_back = released(lease("other", 15, 1), "other", &time()).unwrap();
    assert_eq!(given_back.spec.as_ref().unwrap().renew_time, Some(time()));
    assert_eq!(written(step_after(0, &given_back)).lease_transitions, Some(8));
    assert_eq!(written(step_after(0, &lease("", 15, 0))).lease_transitions, Some(8));
    assert_eq!(released(lease("other", 15, 0), "me", &time()), None);
}

#[test]
fn a_renewal_starts_the_time_anew_and_a_change_of_metadata_does_not() {
    let (mut contender, start) = (Contender::new("me".to_owned()), Instant::now());
    let at = |seconds| start + Duration::from_secs(seconds);
    contender.saw(Some(lease("other", 15, 0)), at(0));
    contender.saw(Some(lease("other", 15, 1)), at(10));
    assert_eq!(contender.step(at(24), &time()), Step::Wait);
    let mut touched = lease("other", 15, 1);
    touched.metadata.resource_version = Some("9".to_owned());
    contender.saw(Some(touched), at(24));
    let Step::Replace(lease) = contender.step(at(25), &time()) else { panic!() };
    assert_eq!(lease.metadata.resource_version.as_deref(), Some("9"));
}

#[test]
fn a_holder_renews_what_it_holds_and_stays_the_same_holder() {
    let former = LeaseSpec {
        acquire_time: Some(MicroTime(k8s_openapi::jiff::Timestamp::MAX)),
        ..lease("me", 15, 0).spec.unwrap()
    };
    let step = step_after(0, &Lease { spec: Some(former.clone()), ..lease("me", 15, 0) });
    assert_eq!(written(step), LeaseSpec { renew_time: Some(time()), ..former });
}

#[test]
fn it_holds_for_ten_seconds_from_when_it_asked_and_not_once_another_is_seen() {
    let (mut contender, start) = (Contender::new("me".to_owned()), Instant::now());
    assert_eq!(contender.held_until(), None);
    contender.wrote(lease("me", 15, 0), start);
    assert_eq!(contender.held_until(), Some(start + Duration::from_secs(10)));
    contender.doubt();
    assert_eq!(contender.held_until(), Some(start + Duration::from_secs(10)));
    contender.saw(Some(lease("other", 15, 0)), start);
    assert_eq!((contender.held_until(), contender.holder()), (None, Some("other")));
}

/// What happens next to one contender.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// All of the next three at once.
    Whole,
    /// It asks, unless it waits for an answer.
    Ask,
    /// What it asked arrives at the API server.
    Arrive,
    /// The answer arrives.
    Hear,
    /// It waits for the answer no longer. What is on its way still arrives some day.
    Forget,
}

/// After how many milliseconds, what, and to whom.
fn acts() -> impl Strategy<Value = Vec<(u64, Act, usize)>> {
    let act = prop_oneof![
        8 => Just(Act::Whole),
        2 => Just(Act::Ask), 2 => Just(Act::Arrive), 2 => Just(Act::Hear), 1 => Just(Act::Forget),
    ];
    // Others wait for fifteen seconds: just that long is where it matters.
    let pause = prop_oneof![6 => Just(0), 2 => 0..4_000_u64, 1 => Just(14_999), 1 => Just(15_000)];
    prop::collection::vec((pause, act, 0..2_usize), 0..50)
}

/// An API server with one Lease.
#[derive(Default)]
struct Server {
    lease: Option<Lease>,
    version: u64,
}

impl Server {
    fn write(&mut self, mut lease: Lease) -> Option<Lease> {
        let known = self.lease.as_ref().and_then(|lease| lease.metadata.resource_version.clone());
        if lease.metadata.resource_version != known {
            return None;
        }
        self.version += 1;
        lease.metadata.resource_version = Some(self.version.to_string());
        self.lease = Some(lease.clone());
        Some(lease)
    }
}

/// The Lease that a look found, or that a write left; none where a write came too late.
struct Answer(Option<Lease>);

/// A contender, and what it asked and when.
struct Side {
    contender: Contender,
    asked: Option<(Step, Instant)>,
    answer: Option<Answer>,
    late: Option<Lease>,
}

impl Side {
    fn new(name: &str) -> Self {
        let contender = Contender::new(name.to_owned());
        Self { contender, asked: None, answer: None, late: None }
    }

    fn holds(&self, now: Instant) -> bool {
        self.contender.held_until().is_some_and(|until| now < until)
    }

    fn ask(&mut self, now: Instant, time: &MicroTime) {
        if self.asked.is_some() {
            return;
        }
        let step = self.contender.step(now, time);
        if step != Step::Look {
            self.contender.doubt();
        }
        self.asked = Some((step, now)).filter(|(step, _)| *step != Step::Wait);
    }

    fn arrive(&mut self, server: &mut Server) {
        if let Some(lease) = self.late.take() {
            server.write(lease);
        } else if self.answer.is_none() {
            self.answer = match &self.asked {
                Some((Step::Look, _)) => Some(Answer(server.lease.clone())),
                Some((Step::Create(lease) | Step::Replace(lease), _)) => {
                    Some(Answer(server.write(lease.clone())))
                }
                Some((Step::Wait, _)) | None => None,
            };
        }
    }

    fn hear(&mut self, now: Instant) {
        let Some(Answer(lease)) = self.answer.take() else { return };
        match (self.asked.take(), lease) {
            (Some((Step::Look, _)), lease) => self.contender.saw(lease, now),
            (Some((_, sent)), Some(lease)) => self.contender.wrote(lease, sent),
            _ => {}
        }
    }

    fn forget(&mut self) {
        let asked = self.asked.take();
        if self.answer.take().is_none()
            && let Some((Step::Create(lease) | Step::Replace(lease), _)) = asked
        {
            self.late = Some(lease);
        }
    }
}

proptest! {
    /// Whatever is slow, lost, unheard or late: at no time do two hold the Lease.
    #[test]
    fn two_never_hold_the_lease_at_once(acts in acts()) {
        let mut sides = [Side::new("a"), Side::new("b")];
        let (mut server, mut now) = (Server::default(), Instant::now());
        for (second, (pause, act, who)) in (0..).zip(acts) {
            now += Duration::from_millis(pause);
            // No two renewals say the same.
            let time = MicroTime(k8s_openapi::jiff::Timestamp::from_second(second).unwrap());
            match act {
                Act::Whole => {
                    sides[who].ask(now, &time);
                    sides[who].arrive(&mut server);
                    sides[who].hear(now);
                }
                Act::Ask => sides[who].ask(now, &time),
                Act::Arrive => sides[who].arrive(&mut server),
                Act::Hear => sides[who].hear(now),
                Act::Forget => sides[who].forget(),
            }
            prop_assert!(!sides.iter().all(|side| side.holds(now)));
        }
    }
}
