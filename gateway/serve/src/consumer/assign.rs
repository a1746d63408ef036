//! Assigns partitions to readers: sticky and even, as Kafka's sticky assignor. Pure.

/// Assigns partitions to `members` and moves as few as an even share allows.
///
/// `owners` holds the owner of each partition. Afterwards every partition has an owner, if there
/// are members, and no member has two more than another.
pub(super) fn assign(owners: &mut [Option<u64>], members: &[u64]) {
    if members.is_empty() {
        owners.fill(None);
        return;
    }
    let (share, extra) = (owners.len() / members.len(), owners.len() % members.len());
    let mut held: Vec<(u64, usize)> = members.iter().map(|member| (*member, 0)).collect();
    let mut bigger_left = extra;
    for owner in owners.iter_mut() {
        let Some((_, count)) = held.iter_mut().find(|(member, _)| Some(*member) == *owner) else {
            *owner = None;
            continue;
        };
        let keeps = *count < share || (*count == share && bigger_left > 0);
        if !keeps {
            *owner = None;
            continue;
        }
        bigger_left -= usize::from(*count == share);
        *count += 1;
    }
    for owner in owners.iter_mut().filter(|owner| owner.is_none()) {
        if let Some((member, count)) = held.iter_mut().min_by_key(|(_, count)| *count) {
            *owner = Some(*member);
            *count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_stay_where_they_are_unless_fairness_moves_them() {
        let mut owners = vec![None; 5];
        assign(&mut owners, &[1]);
        assert_eq!(owners, [Some(1); 5]);

        assign(&mut owners, &[1, 2]);
        assert_eq!(owners, [Some(1), Some(1), Some(1), Some(2), Some(2)]);

        assign(&mut owners, &[2]);
        assert_eq!(owners, [Some(2); 5]);
    }

    #[test]
    fn every_partition_has_one_owner_and_shares_differ_by_one_at_most() {
        for partitions in 1..12 {
            let mut owners = vec![None; partitions];
            for members in [&[1][..], &[1, 2, 3], &[2, 3], &[2, 3, 4, 5, 6, 7, 8], &[9]] {
                assign(&mut owners, members);
                let count = |m: &u64| owners.iter().filter(|owner| **owner == Some(*m)).count();
                let counts: Vec<_> = members.iter().map(count).collect();
                assert_eq!(counts.iter().sum::<usize>(), partitions);
                assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1);
            }
        }
    }
}
