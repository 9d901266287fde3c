import type { AdminModule } from '../../../ui/module.ts'

const READ = 'firefile.file.read'
export const firefileAdmin: AdminModule = {
  menu: [{ group: '安防秩序', label: '消防安全档案', path: '/firefile', needs: READ }],
  routes: [{ path: '/firefile', title: '消防安全档案', needs: READ, page: () => import('./FilePage.tsx'), help: ['一个小区一份,章节按公安部令第 61 号第四十一至四十三条;数字点开是它统计的明细。', '设施、巡查、隐患、值班、演练、火警从各自的台账读出,这里只登记基本情况、重点部位、文书和培训。', '红框列出缺少和逾期的;要求几个月一次、哪些词算消防内容,在「规则」里按生效日设定。', '可打印 PDF、导出 Excel,内容与页面相同。'] }],
}
