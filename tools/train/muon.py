"""Muon (Jordan et al. 2024): momentum whose update is made orthogonal, for the matrices of the layers."""
import torch


def orthogonal(m, steps=5):
    """The nearest semi-orthogonal matrix, roughly, by Newton-Schulz iteration."""
    a, b, c = 3.4445, -4.7750, 2.0315; x = m / (m.norm() + 1e-7); tall = x.shape[0] > x.shape[1]
    if tall: x = x.T
    for _ in range(steps): y = x @ x.T; x = a * x + (b * y + c * y @ y) @ x
    return x.T if tall else x


class Muon(torch.optim.Optimizer):
    """Updates have a root mean square of 0.2 lr, about what Adam's have, so that one learning rate serves both (Liu et al. 2025)."""
    def __init__(self, parameters, lr, momentum=.95, weight_decay=.05): super().__init__(parameters, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group['params']:
                state = self.state[p]; buffer = state.setdefault('momentum', torch.zeros_like(p))
                buffer.lerp_(p.grad, 1 - group['momentum']); update = orthogonal(p.grad.lerp(buffer, group['momentum']))
                p.mul_(1 - group['lr'] * group['weight_decay']).add_(update, alpha=-.2 * group['lr'] * max(p.shape) ** .5)
