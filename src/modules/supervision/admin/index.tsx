import type { AdminModule } from '../../../ui/module.ts'

const READ = 'supervision.register.read'
const group = '行业监管'
const of = 'authority' as const
export const supervisionAdmin: AdminModule = {
  menu: [
    { group, label: '监管总览', path: '/supervision/overview', needs: READ, of, pinned: true, place: 10 },
    { group, label: '小区登记', path: '/supervision/places', needs: READ, of, pinned: true, place: 20 },
    { group, label: '物业企业', path: '/supervision/firms', needs: READ, of, place: 30 },
    { group, label: '企业报送', path: '/supervision/incoming', needs: READ, of, place: 40 },
    { group, label: '小区排查', path: '/supervision/surveys', needs: READ, of, place: 50 },
    { group, label: '监管设置', path: '/supervision/setup', needs: READ, of, place: 95 },
    { group, label: '监管报送', path: '/supervision/report', needs: 'supervision.report.read', of: 'property', place: 10 },
  ],
  routes: [
    { path: '/supervision/overview', title: '监管总览', needs: READ, of, page: () => import('./OverviewPage.tsx'), help: ['每项指标写明分子和分母,点击打开对应的小区。', '没有填的按未达到计;不适用的不计入分母。', '目标值按生效日,在「监管设置」发布。'] },
    { path: '/supervision/places', title: '小区登记', needs: READ, of, page: () => import('./PlacesPage.tsx'), help: ['登记可以手工录入、从 Excel 导入,或由企业报送补充。', '同一辖区内名称只登记一次。'] },
    { path: '/supervision/places/$place_id', title: '小区监管档案', needs: READ, of, page: () => import('./PlacePage.tsx'), help: ['指标以企业报送为准;没有报送的用主管部门登记的。', '主管部门认定不适用的,以认定为准。', '街道社区接管要写明期限,到期前 15 天提醒。'] },
    { path: '/supervision/firms', title: '物业企业', needs: READ, of, page: () => import('./FirmsPage.tsx'), help: ['名称和统一社会信用代码各只登记一次。', '点击在管小区数打开名单。'] },
    { path: '/supervision/incoming', title: '企业报送', needs: READ, of, page: () => import('./IncomingPage.tsx'), help: ['企业凭邀请码加入后在这里出现。', '「对应」把报送接到登记的小区,没有登记的按报送新建。', '报送只有报送的企业和本部门看得到。'] },
    { path: '/supervision/surveys', title: '小区排查', needs: READ, of, page: () => import('./SurveysPage.tsx'), help: ['一次排查覆盖全部登记的小区。', '分类在「监管设置」按生效日发布。'] },
    { path: '/supervision/surveys/$survey_id', title: '排查明细', needs: READ, of, page: () => import('./SurveyPage.tsx'), help: ['更正结果请再登记一次,以最后一次为准,原来的留在小区档案里。'] },
    { path: '/supervision/setup', title: '监管设置', needs: READ, of, page: () => import('./SetupPage.tsx'), help: ['辖区分区县、街道(镇)、社区(村)三级。', '邀请码只显示一次,交给物业公司。', '目标和分类按生效日分版本,只增不改。'] },
    { path: '/supervision/report', title: '监管报送', needs: 'supervision.report.read', of: 'property', page: () => import('./ReportPage.tsx'), help: ['向主管部门索取邀请码,选择小区加入。', '报送前可以看到将要报送的全部内容;不含住户个人信息。', '报送后双方都不能改,有变化再报一次。'] },
  ],
}
