import type { AdminModule } from '../../../ui/module.ts'

const ACTIVITY = 'community.activity.read'
const READ = 'community.notice.read'
export const communityAdmin: AdminModule = {
  menu: [
    { group: '社区服务', label: '公告', path: '/community/notices', needs: READ, place: 10 },
    { group: '社区服务', label: '社区活动', path: '/community/activities', needs: ACTIVITY, place: 20 },
    { group: '社区服务', label: '志愿者', path: '/community/volunteers', needs: ACTIVITY, place: 21 },
    { group: '社区服务', label: '公告类别', path: '/community/kinds', needs: 'community.kind.write', place: 90 },
  ],
  routes: [
    { path: '/community/notices', title: '公告', needs: READ, page: () => import('./NoticesPage.tsx'), help: ['先存草稿,发布前看清将发给几栋几户几人。', '发布后内容不能改;写错了用「更正」,新公告会代替旧的。', '是否须第二人批准,在「参数设置 → 公告发布」里定。'] },
    { path: '/community/notices/$notice_id', title: '公告详情', needs: READ, page: () => import('./NoticePage.tsx'), help: ['发布后分批发到业户手机,免打扰时段内的推送和短信会推迟。', '「阅读情况」按户列出谁何时读过;未读的可导出,每天最多提醒一次。', '撤回须写原因,业户打开会看到已撤回和原因。', '「打印」是张贴用的 A4 公告。'] },
    { path: '/community/activities', title: '社区活动', needs: ACTIVITY, page: () => import('./ActivitiesPage.tsx'), help: ['活动都是免费的;名额按人计,满了列入候补。', '有人取消或加名额,候补按先后自动补上并通知。'] },
    { path: '/community/activities/$activity_id', title: '活动详情', needs: ACTIVITY, page: () => import('./ActivityPage.tsx'), help: ['开始前 1 小时起可签到;员工手机的「活动签到」按签到码核对。', '志愿服务签到后登记时长,由另一人确认后计入本人。', '结束后写回顾、传照片,业户在往期里看到。'] },
    { path: '/community/volunteers', title: '志愿者', needs: ACTIVITY, page: () => import('./VolunteersPage.tsx'), help: ['只算已确认的时长;按服务日期筛选可得一段时间的合计。'] },
    { path: '/community/kinds', title: '公告类别', needs: 'community.kind.write', page: () => import('./KindsPage.tsx'), help: ['类别决定新公告默认是否紧急、是否要求确认、有效几天;拟稿时可以改。', '停用的类别不能再选,已发的公告不受影响。'] },
  ],
}
