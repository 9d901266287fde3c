import type { AdminModule } from '../../../ui/module.ts'

const READ = 'siteplan.plan.read'
export const siteplanAdmin: AdminModule = {
  menu: [{ group: '安防秩序', label: '平面图', path: '/siteplan', needs: READ, place: 10 }],
  routes: [
    { path: '/siteplan', title: '平面图', needs: READ, page: () => import('./PlanPage.tsx'), help: ['图上每 5 秒更新一次:红色为报警、故障、离线,旁边总有文字;点一个点看详情,从那里到设备、实时画面、门禁状态或报警。', '左边按种类筛选;列表和图是同一批点,没有图也能用列表。', '「编辑」后在左边选一样东西,再在图上点它的位置,自动轮到下一样;点可以拖,也可以选中后用方向键移动(按住 Shift 走小步)。', '画路线:依次点折点,最后点「完成」,绿色箭头指向最后一点。', '换图请上传新的一版,写生效日;旧版留着可以看。'] },
    { path: '/siteplan/setup', title: '平面图管理', needs: READ, page: () => import('./SetupPage.tsx'), help: ['每个小区可以有多张图:全区、楼层、车库、机房。', 'PNG、JPEG、SVG 都可以选,SVG 在本机转成 PNG 后上传;过大的图自动缩小。', '新版默认沿用上一版的点和路线,图的范围变了就不要沿用。'] },
  ],
}
