//! What those who run the campaign do in the course of the summer: task forces, assignments of visits, a meeting.

use super::{
    days::{Days, at},
    deeds::{Deed, Plan, What},
    doing::Ground,
    firms::Firm,
    lists::COUNTIES,
    packs,
};
use crate::{
    accounts,
    enterprises::List,
    kernel::{AccountId, AssignmentId, Error, MeetingId, Result, TaskForceId, db::Tx},
    people::{By, store as offices},
    tasks::{
        self, Way,
        assignments::{self, Sharing},
        force::{self, Joining, Post},
        meetings,
    },
};
use jiff::ToSpan;

/// Something that a head of an office does.
#[derive(Debug, Clone, Copy)]
pub enum Chore {
    SetUp,
    /// Assigns visits in a county.
    Assign(usize, Way),
    Meet,
    Finish,
    /// Prepares the pack of the next year.
    Prepare,
}

/// The counties that assign, each in its own way: full coverage, by risk, by lot, by a list.
const ASSIGNS: &[(usize, Way)] = &[(2, Way::Full), (3, Way::Full), (0, Way::Risk), (1, Way::Draw), (5, Way::List)];

/// What is done and when. Visits are assigned once every subject is on the register.
pub fn deeds(days: Days) -> Vec<Deed> {
    let on = |after: i64, minute: i64| at(days.working(days.first.saturating_add(after.days())), minute);
    let deed = |at, who: &str, chore| Deed { at, who: who.to_owned(), what: What::Head(chore), photos: Vec::new() };
    let mut deeds = vec![deed(on(2, 545), "qian", Chore::SetUp), deed(on(3, 550), "sun", Chore::SetUp)];
    for (turn, (county, way)) in (0..).zip(ASSIGNS) {
        deeds.push(deed(on(6, 530 + turn), &COUNTIES[*county].supervisor, Chore::Assign(*county, *way)));
    }
    deeds.extend([deed(on(20, 995), "qian", Chore::Meet), deed(on(27, 1010), "sun", Chore::Finish)]);
    deeds.push(deed(on(28, 910), "qian", Chore::Prepare));
    deeds
}

/// Does a chore.
pub fn act(tx: &mut Tx, by: &By, ground: &Ground, plan: &Plan, chore: Chore) -> Result<()> {
    match chore {
        Chore::SetUp => set_up(tx, by, ground),
        Chore::Assign(county, way) => assign(tx, by, ground, plan, (county, way)),
        Chore::Meet => meet(tx, by, ground, plan),
        Chore::Finish => finish(tx, by),
        Chore::Prepare => packs::prepare(tx, by),
    }
}

fn set_up(tx: &mut Tx, by: &By, ground: &Ground) -> Result<()> {
    let id = TaskForceId::new(by.at);
    let new = force::New {
        campaign: ground.house.campaign,
        name: format!("{}专项行动工作专班", by.actor.office.name.trim_end_matches("市场监督管理局")),
        duty: Some("统筹隐患排查治理，按周调度进度，协调消防救援、住建等部门联合检查。".to_owned()),
    };
    force::set_up(tx, by, id, &new)?;
    let county = by.actor.name == "孙敏";
    let inside: &[(&str, Post)] = if county {
        &[("sun", Post::Leader), ("ying", Post::Member), ("bo", Post::Member)]
    } else {
        &[("qian", Post::Leader)]
    };
    for (turn, (login, post)) in (0..).zip(inside) {
        let who = Joining { account: Some(account(tx, login, by)?), phone: Some(phone(turn)), ..joining(*post) };
        force::act(tx, by, &ground.keeper, id, &force::Act::AddMember { who })?;
    }
    let outside = [("何勇", "消防救援大队", "联合检查联络"), ("田青", "住房和城乡建设局", "建设工程用材核查")];
    for (turn, (name, unit, duty)) in (7..).zip(outside) {
        let who = Joining {
            name: Some(name.to_owned()),
            unit: Some(unit.to_owned()),
            duty: Some(duty.to_owned()),
            phone: Some(phone(turn)),
            ..joining(Post::Liaison)
        };
        force::act(tx, by, &ground.keeper, id, &force::Act::AddMember { who })?;
    }
    Ok(())
}

fn joining(post: Post) -> Joining {
    Joining { post, account: None, name: None, unit: None, duty: None, phone: None }
}

fn phone(turn: i64) -> String {
    format!("138000009{turn:02}")
}

fn account(tx: &mut Tx, login: &str, by: &By) -> Result<AccountId> {
    Ok(accounts::acting(tx, login, by.at)?.actor.account)
}

fn assign(tx: &mut Tx, by: &By, ground: &Ground, plan: &Plan, (county, way): (usize, Way)) -> Result<()> {
    let here: Vec<&Firm> = plan.firms.iter().filter(|f| f.county == county).collect();
    let owners = COUNTIES[county].inspectors.iter().map(|login| account(tx, login, by)).collect::<Result<Vec<_>>>()?;
    let wanted = match way {
        Way::Risk => Some(30),
        Way::Draw => Some(24),
        Way::Full | Way::List => None,
    };
    let new = assignments::New {
        campaign: ground.house.campaign,
        target: None,
        products: List::default(),
        tag: None,
        way,
        wanted,
        names: List(if way == Way::List { here.iter().map(|f| f.id.to_string()).collect() } else { Vec::new() }),
        seed: (way == Way::Draw).then(|| format!("{} {}", by.actor.office.name, by.at.date())),
        sharing: Sharing::Turn,
        owners: List(owners),
        // one county is late, the others have time
        due: if way == Way::Draw { plan.days.ago(4) } else { plan.days.ahead(18) },
    };
    let id = AssignmentId::new(by.at);
    assignments::assign(tx, by, id, &new)?;
    while assignments::go_on(tx, by, id)? > 0 {}
    Ok(())
}

fn meet(tx: &mut Tx, by: &By, ground: &Ground, plan: &Plan) -> Result<()> {
    let county = |tx: &mut Tx, code: &str| offices::office_by_code(tx, code)?.map(|o| o.id).ok_or(Error::NotFound);
    let decisions = vec![
        meetings::Decision {
            title: "逐家核对水泥生产企业许可证在有效期内的情况".to_owned(),
            what: Some("对照许可证目录和企业台账，列出30日内到期清单，提前告知企业换证。".to_owned()),
            office: None,
            owner: Some(account(tx, "sun", by)?),
            due: plan.days.working(plan.days.first.saturating_add(30.days())),
        },
        meetings::Decision {
            title: "报送逾期未整改隐患的原因和处置意见".to_owned(),
            what: None,
            office: Some(county(tx, &COUNTIES[2].office)?),
            owner: None,
            due: plan.days.ahead(3),
        },
    ];
    let new = meetings::New {
        campaign: ground.house.campaign,
        title: "重点工业产品质量安全隐患排查治理专项行动第一次调度会议".to_owned(),
        at: by.at.plus(-90 * 60_000),
        place: "视频会议，主会场设在市局三楼会议室".to_owned(),
        presiding: by.actor.name.clone(),
        participants: List(["孙敏", "程浩", "孟雨", "秦岚"].map(str::to_owned).to_vec()),
        discussed: "听取各县（区）局排查进度和逾期未整改隐患情况汇报。\n会议指出，部分县（区）对农村市场排查不够，生产领域重大隐患整改偏慢。"
            .to_owned(),
        decisions,
    };
    let id = MeetingId::new(by.at);
    meetings::hold(tx, by, id, &new)?;
    meetings::act(tx, by, id, &meetings::Act::Issue).map(|_| ())
}

/// The decision of the meeting that is the supervisor's own.
fn finish(tx: &mut Tx, by: &By) -> Result<()> {
    for task in tasks::waiting(tx, &by.actor, 1)? {
        let result = "已核对辖区全部水泥生产企业，2家证书30日内到期，均已书面告知换证。".to_owned();
        tasks::act(tx, by, task.id, &tasks::Act::Finish { result, evidence: Vec::new() })?;
    }
    Ok(())
}
