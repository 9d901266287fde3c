import type { AdminModule } from '../../../ui/module.ts'

const READ = 'office.rule.read'
export const officeAdmin: AdminModule = {
  menu: [
    { group: '行政办公', label: '制度与 SOP', path: '/office/rules', needs: READ, place: 10 },
    { group: '行政办公', label: '我的制度', path: '/office/mine', place: 11 },
    { group: '行政办公', label: '制度设置', path: '/office/setup', needs: READ, place: 90 },
  ],
  routes: [
    { path: '/office/rules', title: '制度与 SOP', needs: READ, page: () => import('./RulesPage.tsx'), help: ['「关键词」查编号、名称和正文,命中的内容显示在名称下面。', '应读人数按岗位、部门、小区、角色现在有谁来算,新到岗的自动要读。', '导出的目录与列表的筛选相同。'] },
    { path: '/office/rules/$doc_id', title: '制度详情', needs: READ, page: () => import('./RulePage.tsx'), help: ['修订就是起草下一版;批准后到生效日自动代替上一版,旧版一直能看。', '批准的人不能是提交的人;批准晚于所填生效日的,从批准当天起执行。', '「用于工作」里关联的报修分类、巡查、设备,做这项工作的人在手机上直接打开现行版本。', '「阅读情况」列出谁没读完;逾期的系统按规则提醒,也可以手工提醒,每人每天一次。'] },
    { path: '/office/rules/$doc_id/compare', title: '对比版本', needs: READ, page: () => import('./ComparePage.tsx'), help: ['绿底是新版增加的,红底带删除线是旧版有、新版没有的。'] },
    { path: '/office/mine', title: '我的制度', page: () => import('./MinePage.tsx'), help: ['没读完的排在最前;打开就记为已读,要求确认的还要点「已读并遵守」。', '可以按关键词在您能看的制度正文里查找。'] },
    { path: '/office/mine/$doc_id', title: '阅读制度', page: () => import('./ReadPage.tsx') },
    { path: '/office/setup', title: '制度设置', needs: READ, page: () => import('./SetupPage.tsx'), help: ['几天内读完、逾期几天提醒一次、记录保留多久,都按生效日设定,改了不影响以前。', '停用的分类不能再选,已有的制度不受影响。'] },
  ],
}
