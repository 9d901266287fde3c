-- A lot may refuse cars without a plate; a link of payment may say what it is for where no house is meant.
alter table parking.turned_away drop constraint turned_away_kind_check;
alter table parking.turned_away add constraint turned_away_kind_check check (kind in ('over_height','over_weight','hazard','no_plate','vehicle','closed_hours','full','black','other'));
comment on column parking.rule.refused_kinds is '不准进入的车型:large 大型车,motorbike 摩托车,new_energy 新能源车,no_plate 无牌车';
alter table payment.pay_link add column title text;
comment on column payment.pay_link.title is '缴什么,空为一户的物业账单';
comment on column parking.turned_away.kind is '原因:over_height 超高,over_weight 超重,hazard 危险品,no_plate 无牌车,vehicle 车型不准,closed_hours 禁入时段,full 车位已满,black 黑名单,other 其他';
