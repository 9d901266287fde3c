import type { AdminModule } from '../../../ui/module.ts'

export const fundsAdmin: AdminModule = {
  menu: [
    { group: '维修资金', label: '维修资金分户账', path: '/funds/accounts', needs: 'funds.fund.read' },
    { group: '维修资金', label: '维修资金缴存明细', path: '/funds/dues', needs: 'funds.fund.read' },
    { group: '维修资金', label: '维修资金明细', path: '/funds/entries', needs: 'funds.fund.read' },
    { group: '维修资金', label: '维修资金使用', path: '/funds/uses', needs: 'funds.fund.read' },
    { group: '维修资金', label: '维修资金续筹', path: '/funds/topups', needs: 'funds.fund.read' },
    { group: '维修资金', label: '维修资金计息', path: '/funds/interest', needs: 'funds.fund.read' },
    { group: '维修资金', label: '维修资金收支表', path: '/funds/statement', needs: 'funds.fund.read' },
    { group: '维修资金', label: '维修资金设置', path: '/funds/settings', needs: 'funds.fund.read' },
  ],
  routes: [
    { path: '/funds/accounts', title: '维修资金分户账', needs: 'funds.fund.read', page: () => import('./AccountsPage.tsx'), help: ['每户一个分户账,过户时余额随房转移。', '「登记缴存」可逐户登记,也可按标准为全部未缴房产一次登记(开发商代缴)。', '接管时的余额用「数据导入」的「维修资金缴存」导入。'] },
    { path: '/funds/accounts/$house_id', title: '分户账', needs: 'funds.fund.read', page: () => import('./AccountPage.tsx'), help: ['登记有误时由另一人更正,原记录保留。', '房屋灭失时退还余额并销户,须经审批。'] },
    { path: '/funds/entries', title: '维修资金明细', needs: 'funds.fund.read', page: () => import('./EntriesPage.tsx') },
    { path: '/funds/uses', title: '维修资金使用', needs: 'funds.fund.read', page: () => import('./UsesPage.tsx'), help: ['一般程序:立项、公示方案、登记表决、审批、合同、验收、决算、分摊公示、入账;应急程序不表决,先审批。', '每一步都留日期、说明和附件。'] },
    { path: '/funds/uses/$use_id', title: '使用项目', needs: 'funds.fund.read', page: () => import('./UsePage.tsx'), help: ['分摊按建筑面积,合计等于决算金额;余额不足的户由业主补交。', '公示期满后由另一人入账。', '超预算超过规定比例须重新申请。'] },
    { path: '/funds/dues', title: '维修资金缴存明细', needs: 'funds.fund.read', page: () => import('./DuesPage.tsx'), help: ['应缴 = 建筑面积 × 首次缴存日的标准;未缴的按今天的标准。', '未缴足的差额仍按首次缴存登记,超出部分登记为续筹。'] },
    { path: '/funds/topups', title: '维修资金续筹', needs: 'funds.fund.read', page: () => import('./TopupsPage.tsx'), help: ['余额低于续筹线(办法规定,一般为首次缴存的 30%)的房屋列入方案。', '续筹须业主表决:人数和面积均三分之二以上参加、参加的四分之三以上同意。'] },
    { path: '/funds/topups/$plan_id', title: '续筹方案', needs: 'funds.fund.read', page: () => import('./TopupPage.tsx'), help: ['发出通知后登记的续筹缴存计入本方案,更正的不计。'] },
    { path: '/funds/interest', title: '维修资金计息', needs: 'funds.fund.read', page: () => import('./InterestPage.tsx'), help: ['先试算核对每户利息,再由另一人入账;同一期间只能计息一次。', '试算后有新的缴存或使用时须重新试算。'] },
    { path: '/funds/statement', title: '维修资金收支表', needs: 'funds.fund.read', page: () => import('./StatementPage.tsx'), help: ['期初 + 缴存 + 利息 - 使用 - 退还 = 期末;期末与专户账面核对。'] },
    { path: '/funds/settings', title: '维修资金设置', needs: 'funds.fund.read', page: () => import('./SettingsPage.tsx'), help: ['各项规定按生效日分版本,发布后不可修改,更正请再发布一版。'] },
  ],
}
