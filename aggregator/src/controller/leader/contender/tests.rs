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
    let given_back = released(lease("other", 15, 0), "other", &time()).unwrap();
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

/// What becomes of one request.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Answered,
    /// It never arrives.
    Lost,
    /// It arrives, and the answer does not.
    Unheard,
}

/// Which contender acts, after how long, how its request fares, and how long that takes.
type Act = (usize, u64, Fate, u64);

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let fate = prop_oneof![
        4 => Just(Fate::Answered), 1 => Just(Fate::Lost), 1 => Just(Fate::Unheard),
    ];
    // Others wait for fifteen seconds: just that long is where it matters.
    let pause = prop_oneof![Just(0), 0..9_000_u64, Just(14_999), Just(15_000)];
    let delay = prop_oneof![Just(0), 0..3_000_u64];
    prop::collection::vec((0..3_usize, pause, fate, delay), 0..300)
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

proptest! {
    /// Requests are lost, slow or unheard, and at no time do two hold the Lease.
    #[test]
    fn two_never_hold_the_lease_at_once(acts in acts()) {
        let mut contenders = ["a", "b", "c"].map(|name| Contender::new(name.to_owned()));
        let (mut server, mut now) = (Server::default(), Instant::now());
        let mut tick = 0;
        for (who, pause, fate, delay) in acts {
            now += Duration::from_millis(pause);
            tick += 1;
            let time = MicroTime(k8s_openapi::jiff::Timestamp::from_second(tick).unwrap());
            let (sent, contender) = (now, &mut contenders[who]);
            let step = contender.step(sent, &time);
            // Whatever is done takes its time, and others may act only afterwards.
            now += Duration::from_millis(delay);
            match (step, fate) {
                (Step::Look, Fate::Answered) => contender.saw(server.lease.clone(), now),
                (Step::Look, _) => {}
                (Step::Wait, _) | (_, Fate::Lost) => contender.doubt(),
                (Step::Create(lease) | Step::Replace(lease), fate) => {
                    contender.doubt();
                    let written = server.write(lease);
                    if let (Some(lease), Fate::Answered) = (written, fate) {
                        contender.wrote(lease, sent);
                    }
                }
            }
            let holders = contenders.iter().filter(|one| one.held_until().is_some_and(|u| now < u));
            prop_assert!(holders.count() <= 1);
        }
    }
}
