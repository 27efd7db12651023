//! The algebra of shares. No database, no HTTP, no clock, no office: only who hangs under whom, and how much.
//!
//! Of what is summed, `total = undivided + Σ children.total` holds before and after every operation; of a share that is
//! a minimum, every child has at least what its parent has. An operation that would break this changes nothing.

use std::collections::BTreeMap;

/// How shares of a measure hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// What is divided below and what is not yet make up the whole.
    Sum,
    /// What stands above is the least that stands below.
    Least,
}

/// The share of one office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node<K> {
    pub parent: Option<K>,
    pub total: i64,
    /// What has not been divided over children yet.
    pub undivided: i64,
}

/// Why an operation is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault<K> {
    /// There is no such share.
    Unknown(K),
    /// It hangs under another one.
    Elsewhere(K),
    /// A share below nothing.
    Negative(K),
    /// More than there is: `left` is there.
    Over { left: i64 },
    /// Less than the minimum from above.
    Below { least: i64 },
    /// One of the two is the other, or stands above it.
    OneLine,
    /// A minimum has no parts.
    NoParts,
}

type Done<K> = Result<(), Fault<K>>;

/// Shares that hang together, or a part of them that holds whatever an operation touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree<K> {
    rule: Rule,
    nodes: BTreeMap<K, Node<K>>,
    children: BTreeMap<K, Vec<K>>,
}

/// Divides `total` by `weights`, each a whole number, by largest remainder; of equal remainders the first is rounded up.
/// Nothing for anybody when no weight is above nothing.
pub fn apportion(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|w| i128::from(*w)).sum();
    if sum <= 0 {
        return vec![0; weights.len()];
    }
    let exact: Vec<i128> = weights.iter().map(|w| i128::from(total) * i128::from(*w)).collect();
    let mut shares: Vec<i64> = exact.iter().map(|e| i64::try_from(e / sum).unwrap_or(i64::MAX)).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(exact[*i] % sum));
    let left = total - shares.iter().sum::<i64>();
    for i in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        shares[i] += 1;
    }
    shares
}

impl<K: Copy + Ord> Tree<K> {
    /// A tree without shares.
    pub fn new(rule: Rule) -> Self {
        Self { rule, nodes: BTreeMap::new(), children: BTreeMap::new() }
    }

    /// Hangs a share in as it stands.
    pub fn put(&mut self, id: K, node: Node<K>) {
        self.nodes.insert(id, node);
        if let Some(parent) = node.parent {
            self.children.entry(parent).or_default().push(id);
        }
    }

    /// Every share by its id.
    pub fn nodes(&self) -> &BTreeMap<K, Node<K>> {
        &self.nodes
    }

    /// The shares just below one.
    pub fn below(&self, id: K) -> &[K] {
        self.children.get(&id).map_or(&[], Vec::as_slice)
    }

    fn get(&self, id: K) -> Result<Node<K>, Fault<K>> {
        self.nodes.get(&id).copied().ok_or(Fault::Unknown(id))
    }

    fn at(&mut self, id: K) -> &mut Node<K> {
        self.nodes.get_mut(&id).expect("asked for by an id of the tree")
    }

    /// Divides a share: `shares` is the whole list of its children, new ones among them; who is not named gets nothing.
    pub fn divide(&mut self, id: K, shares: &[(K, i64)]) -> Done<K> {
        let node = self.get(id)?;
        for (child, share) in shares {
            if self.nodes.get(child).is_some_and(|c| c.parent != Some(id)) {
                return Err(Fault::Elsewhere(*child));
            }
            match self.rule {
                _ if *share < 0 => return Err(Fault::Negative(*child)),
                Rule::Least if *share > 0 && node.total == 0 => return Err(Fault::Over { left: 0 }),
                Rule::Least if *share > 0 && *share < node.total => return Err(Fault::Below { least: node.total }),
                _ => {}
            }
        }
        let sum = shares.iter().fold(0_i64, |sum, (_, share)| sum.saturating_add(*share));
        if self.rule == Rule::Sum && sum > node.total {
            return Err(Fault::Over { left: node.total });
        }
        let wanted: BTreeMap<K, i64> = shares.iter().copied().collect();
        for child in self.below(id).to_vec() {
            self.resize(child, wanted.get(&child).copied().unwrap_or(0), false);
        }
        for (child, share) in wanted.into_iter().filter(|(_, share)| *share > 0) {
            if !self.nodes.contains_key(&child) {
                self.put(child, Node { parent: Some(id), total: share, undivided: self.rule.free(share) });
            }
        }
        if self.rule == Rule::Sum {
            self.at(id).undivided = node.total - sum;
        }
        Ok(())
    }

    /// Gives a share another total. What is added waits to be divided, or is spread over its children in proportion;
    /// what is taken goes off the undivided part first, then off the children in proportion, all the way down.
    pub fn change(&mut self, id: K, total: i64, spread: bool) -> Done<K> {
        let node = self.get(id)?;
        if total < 0 {
            return Err(Fault::Negative(id));
        }
        if let Some(parent) = node.parent {
            let above = self.get(parent)?;
            match self.rule {
                Rule::Sum if total - node.total > above.undivided => {
                    return Err(Fault::Over { left: above.undivided + node.total });
                }
                Rule::Sum => self.at(parent).undivided -= total - node.total,
                Rule::Least if above.total == 0 && total > 0 => return Err(Fault::Over { left: 0 }),
                Rule::Least if total < above.total => return Err(Fault::Below { least: above.total }),
                Rule::Least => {}
            }
        }
        self.resize(id, total, spread);
        Ok(())
    }

    /// Takes a share and all below it back.
    pub fn withdraw(&mut self, id: K) -> Done<K> {
        let node = self.get(id)?;
        if let (Some(parent), Rule::Sum) = (node.parent, self.rule) {
            self.get(parent)?;
            self.at(parent).undivided += node.total;
        }
        self.resize(id, 0, false);
        Ok(())
    }

    /// Moves `amount` from one share to another: every ancestor up to the common one changes with it, and what they have
    /// not divided stays as it is.
    pub fn carry(&mut self, from: K, to: K, amount: i64) -> Done<K> {
        if self.rule == Rule::Least {
            return Err(Fault::NoParts);
        }
        let (giver, taker) = (self.get(from)?, self.get(to)?);
        let (up_from, up_to) = (self.line(from), self.line(to));
        if up_from.contains(&to) || up_to.contains(&from) {
            return Err(Fault::OneLine);
        }
        if !up_from.iter().any(|k| up_to.contains(k)) {
            return Err(Fault::Elsewhere(to));
        }
        if amount <= 0 {
            return Err(Fault::Negative(from));
        }
        if amount > giver.total {
            return Err(Fault::Over { left: giver.total });
        }
        self.pass_on(&up_from[1..], &up_to[1..], amount);
        self.resize(from, giver.total - amount, false);
        self.resize(to, taker.total + amount, false);
        Ok(())
    }

    /// Hangs a share with all below it under another one: whatever stood above it gives up its total, whatever stands above
    /// it now takes it on. A minimum is lifted to the one it comes under.
    pub fn rehang(&mut self, id: K, to: K) -> Done<K> {
        let (node, above) = (self.get(id)?, self.get(to)?);
        let Some(from) = node.parent else { return Err(Fault::OneLine) };
        let (up_from, up_to) = (self.line(from), self.line(to));
        if up_to.contains(&id) {
            return Err(Fault::OneLine);
        }
        if !up_from.iter().any(|k| up_to.contains(k)) {
            return Err(Fault::Elsewhere(to));
        }
        if self.rule == Rule::Sum {
            self.pass_on(&up_from, &up_to, node.total);
        }
        self.children.entry(from).or_default().retain(|child| *child != id);
        self.children.entry(to).or_default().push(id);
        self.at(id).parent = Some(to);
        let undercuts = node.total > 0 && (above.total == 0 || node.total < above.total);
        if self.rule == Rule::Least && undercuts {
            self.resize(id, above.total, false);
        }
        Ok(())
    }

    /// Hands over from one share to another what an office takes over from one that is merged or split: the shares of the
    /// offices that went `along`, and `rest` of what is its own. A minimum is taken on as it is.
    pub fn hand_over(&mut self, from: K, to: K, along: &[K], rest: i64) -> Done<K> {
        let mut tried = self.clone();
        let giver = tried.get(from)?;
        if from == to || tried.line(to).contains(&from) || tried.line(from).contains(&to) {
            return Err(Fault::OneLine);
        }
        if self.rule == Rule::Least && tried.get(to)?.total < giver.total {
            tried.change(to, giver.total, false)?;
        }
        for share in along {
            tried.rehang(*share, to)?;
        }
        if self.rule == Rule::Sum && rest != 0 {
            tried.carry(from, to, rest)?;
        }
        *self = tried;
        Ok(())
    }

    /// What stands in one line, up to where the two meet, gives `amount` to what stands in the other.
    fn pass_on(&mut self, from: &[K], to: &[K], amount: i64) {
        for above in from.iter().take_while(|k| !to.contains(k)) {
            self.at(*above).total -= amount;
        }
        for above in to.iter().take_while(|k| !from.contains(k)) {
            self.at(*above).total += amount;
        }
    }

    /// A share and all above it, as far as the tree goes.
    pub fn line(&self, id: K) -> Vec<K> {
        let up = |k: &K| self.nodes.get(k).and_then(|n| n.parent).filter(|p| self.nodes.contains_key(p));
        std::iter::successors(Some(id), up).collect()
    }

    /// Gives a share another total without regard to its parent.
    fn resize(&mut self, id: K, total: i64, spread: bool) {
        let node = *self.at(id);
        self.at(id).total = total;
        match self.rule {
            Rule::Least => self.lift(id, total),
            Rule::Sum => {
                let divided = node.total - node.undivided;
                let free = node.undivided + if spread && divided > 0 { 0 } else { total - node.total };
                let undivided = free.clamp(0, total);
                self.at(id).undivided = undivided;
                self.share_out(id, (divided, total - undivided), spread);
            }
        }
    }

    /// Makes the children of a share add up to `now` where they added up to `before`, in proportion.
    fn share_out(&mut self, id: K, (before, now): (i64, i64), spread: bool) {
        if before == now {
            return;
        }
        let children = self.below(id).to_vec();
        let weights: Vec<i64> = children.iter().map(|c| self.nodes[c].total).collect();
        for (child, share) in children.into_iter().zip(apportion(now, &weights)) {
            self.resize(child, share, spread);
        }
    }

    /// Raises the children of a minimum to it; none of them keeps any when it is gone.
    fn lift(&mut self, id: K, least: i64) {
        for child in self.below(id).to_vec() {
            let total = self.nodes[&child].total;
            if total > 0 && (least == 0 || total < least) {
                self.resize(child, least, false);
            }
        }
    }

    /// Whether everything adds up.
    #[cfg(test)]
    pub fn adds_up(&self) -> bool {
        self.nodes.iter().all(|(id, node)| {
            let totals = || self.below(*id).iter().map(|c| self.nodes[c].total);
            let sound = match self.rule {
                Rule::Sum => node.total == node.undivided + totals().sum::<i64>(),
                Rule::Least => node.undivided == 0 && totals().all(|t| t == 0 || node.total > 0 && t >= node.total),
            };
            sound && node.total >= 0 && node.undivided >= 0
        })
    }
}

impl Rule {
    /// What of a new share waits to be divided.
    pub const fn free(self, total: i64) -> i64 {
        match self {
            Self::Sum => total,
            Self::Least => 0,
        }
    }
}

#[cfg(test)]
mod tests;
