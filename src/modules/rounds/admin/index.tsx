import type { AdminModule } from '../../../ui/module.ts'

const READ = 'rounds.task.read'
export const roundsAdmin: AdminModule = {
  menu: [
    { group: '巡查管理', label: '今日巡查', path: '/rounds/board', needs: READ },
    { group: '巡查管理', label: '巡查任务', path: '/rounds/tasks', needs: READ },
    { group: '巡查管理', label: '运行记录', path: '/rounds/log', needs: READ },
    { group: '巡查管理', label: '巡查问题', path: '/rounds/findings', needs: READ },
    { group: '巡查管理', label: '工作计划', path: '/rounds/work-plans', needs: READ },
    { group: '巡查管理', label: '巡查计划', path: '/rounds/plans', needs: READ },
    { group: '巡查管理', label: '点位与路线', path: '/rounds/points', needs: READ },
    { group: '巡查管理', label: '巡查统计', path: '/rounds/stats', needs: READ },
    { group: '巡查管理', label: '现成标准', path: '/rounds/sets', needs: 'rounds.plan.write' },
    { group: '安防秩序', label: '秩序问题', path: '/rounds/public', needs: READ },
    { group: '安防秩序', label: '秩序问题统计', path: '/rounds/public-stats', needs: READ },
    { group: '设备设施', label: '保养计划', path: '/rounds/upkeep', place: 20, needs: READ },
    { group: '巡查管理', label: '巡查设置', path: '/rounds/setup', needs: READ },
  ],
  routes: [
    { path: '/rounds/board', title: '今日巡查', needs: READ, page: () => import('./BoardPage.tsx'), help: ['每分钟自动刷新;红色是到时还没有做的和漏检的。', '每个数字点开是它的任务。', '漏检和不合格的可在任务里责令补做。'] },
    { path: '/rounds/tasks', title: '巡查任务', needs: READ, page: () => import('./TasksPage.tsx'), help: ['一次走一条路线是一项任务;点开看每个点位的时间、到位方式、答案和照片。', '待审核的有跳过或可疑之处,须由执行人以外的人审核。'] },
    { path: '/rounds/tasks/$on_day/$task_id', title: '巡查任务详情', needs: READ, page: () => import('./TaskPage.tsx'), help: ['时间已按手机与服务器的对时校正;括号里是手机上的时间。', '可疑之处写明原因,通过或判不合格都留下记录。'] },
    { path: '/rounds/log', title: '运行记录', needs: READ, page: () => import('./LogPage.tsx'), help: ['选一个计划,每次巡查一行、每个检查项一列,超限的标红。', '可打印成纸质台账,或导出。'] },
    { path: '/rounds/findings', title: '巡查问题', needs: READ, page: () => import('./FindingsPage.tsx'), help: ['限期整改的由责任部门整改、别人复查;转工单的在工单完工后自动销项。', '点一行看发现时和整改后的照片。', '秩序问题在「安防秩序 → 秩序问题」里按种类看。'] },
    { path: '/rounds/public', title: '秩序问题', needs: READ, page: () => import('./PublicOrderPage.tsx'), help: ['摊贩、小广告、乱停乱放、占用通道等:巡查发现的、员工手机上报的和这里登记的都在一处。', '每种有责任部门和时限(巡查设置 → 秩序问题种类);限期处理的由别人复查后销项。', '物业没有处罚权:制止不了的登记「报告主管部门」;要修的「转报修工单」,完工自动销项。'] },
    { path: '/rounds/public-stats', title: '秩序问题统计', needs: READ, page: () => import('./PublicStatsPage.tsx'), help: ['每个数字点开是它统计的秩序问题。', '按发现日统计;按时处理率看在时限内处理好并销项的占到期的多少。'] },
    { path: '/rounds/work-plans', title: '工作计划', needs: READ, page: () => import('./WorkPage.tsx'), help: ['年、月、周计划层层下达,完成率计入上级。', '事项发布后成为任务,在员工端完成并留照片。'] },
    { path: '/rounds/work-plans/$work_plan_id', title: '工作计划详情', needs: READ, page: () => import('./WorkPlanPage.tsx'), help: ['事项可以是一次、每周、每月等;谁做由班组决定。', '发布后再加的事项要再发布一次。'] },
    { path: '/rounds/plans', title: '巡查计划', needs: READ, page: () => import('./PlansPage.tsx'), help: ['计划 = 路线(或一件事)+ 时间规律 + 班组。', '先存为草稿,试排无误后启用;启用后提前排好以后的任务。', '修改执行中的计划,只换掉还没有开始的任务。'] },
    { path: '/rounds/upkeep', title: '保养计划', needs: READ, page: () => import('./UpkeepPage.tsx'), help: ['选设备、步骤(检查表)、时间规律和班组;设备标签上的码就是到位证明。', '按运行小时的每台设备一个计划,抄了小时才会派出。', '员工在手机「巡查」里做,没有网络也行;发现问题直接转报修到这台设备。', '任务可在详情里改期,写明原因。'] },
    { path: '/rounds/points', title: '点位与路线', needs: READ, page: () => import('./PointsPage.tsx'), help: ['点位标签一张 A4 打 21 个,扫码或手输 8 位码都行。', '重要点位可用 NFC 卡或动态码屏,翻拍无用。', '路线改动只影响还没有开始的任务。'] },
    { path: '/rounds/stats', title: '巡查统计', needs: READ, page: () => import('./StatsPage.tsx'), help: ['每个数字点开是它统计的任务。', '取消和免做的不计;率一律舍去尾数。'] },
    { path: '/rounds/sets', title: '现成标准', needs: 'rounds.plan.write', page: () => import('./SetsPage.tsx'), help: ['先看会新建哪些计划、点位和检查表,再载入为草稿。', '同名的沿用已有的,载入两次不会重复。', '启用前核对频次,设好班组。'] },
    { path: '/rounds/setup', title: '巡查设置', needs: READ, page: () => import('./SetupPage.tsx'), help: ['检查表改动存为新版本,做过的任务仍按当时的版本显示。', '遇雪、结冰等天气记录后,天气任务立即产生。'] },
  ],
}
