import type { SettingKind } from '../../system/server/index.ts'

export const publishing: SettingKind = { key: 'community.publishing', zh: '公告发布', note: '公告由拟稿人本人发布,还是须第二人批准', max: 10, otherwise: '本人发布', choices: ['本人发布', '第二人批准'] }
/** 个人信息保护法 19, 47: the shortest time that is needed; a claim from a notice that was or was not given runs three years (民法典 188). */
export const readersKept: SettingKind = { key: 'community.readers_kept', zh: '公告阅读记录保留', note: '公告结束后,谁在何时读过保留多久;到期删除,只留人数', max: 10, otherwise: '1095 天', choices: ['90 天', '180 天', '365 天', '730 天', '1095 天'] }
/** The same law; after an activity nobody needs to ring who came. */
export const signupsKept: SettingKind = { key: 'community.signups_kept', zh: '活动报名信息保留', note: '活动结束后,报名人的姓名和电话保留多久;到期删除,志愿时长仍记在本人名下', max: 10, otherwise: '180 天', choices: ['30 天', '90 天', '180 天', '365 天'] }
export const communitySettings: readonly SettingKind[] = [publishing, readersKept, signupsKept]
